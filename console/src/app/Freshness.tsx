import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../api/client'
import { useHouse, useSession } from '../api/session'
import { useAct } from '../shared/act'
import { useFormat } from '../shared/format'
import { useMessage } from '../shared/messages'

/** In a simulated world: what time it is there, and the button that lets one more day happen. */
export function Freshness() {
  const { world_at: worldAt } = useHouse()
  return worldAt === null ? null : <World at={worldAt} />
}

function World({ at }: { at: string }) {
  const { t } = useTranslation()
  const { role } = useSession()
  const format = useFormat()
  const message = useMessage()
  const queries = useQueryClient()
  const world = api.useQuery('get', '/api/demo/world', undefined, {
    refetchInterval: ({ state }) => (state.data?.advancing ? 2_000 : false),
  })
  const advancing = world.data?.advancing ?? false
  const failed = world.data?.failed ?? ''
  const wasAdvancing = useRef(false)
  useEffect(() => {
    if (wasAdvancing.current && !advancing) {
      if (failed) void message.error(failed)
      else void queries.invalidateQueries().then(() => message.success(t('world.advanced')))
    }
    wasAdvancing.current = advancing
  }, [advancing, failed, message, queries, t])
  const advance = useAct(() => http.POST('/api/demo/advance'), { stale: ['/api/demo/world'] })
  return (
    <div className="world">
      <span className="world-date" title={t('world.explain')}>
        {t('world.at', { day: format.day(at), time: format.time(at) })}
      </span>
      {role === 'owner' && world.data?.can_advance && (
        <Button size="small" loading={advancing || advance.isPending} onClick={() => advance.mutate(undefined)}>
          {t(advancing ? 'world.advancing' : 'world.advance')}
        </Button>
      )}
    </div>
  )
}
