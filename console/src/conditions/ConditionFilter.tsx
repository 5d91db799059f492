import { FilterOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { later } from '../shared/later'
import { Skeleton } from '../shared/PageState'
import type { Condition } from './tree'

const ConditionEditor = later(async () => (await import('./Editor')).ConditionEditor, <Skeleton />)

/** The rule builder as a filter of a list or a chart; the condition lives in the address. */
export function ConditionFilter({ condition, onChange }: { condition: Condition | null; onChange: (next: Condition | null) => void }) {
  const { t } = useTranslation('conditions')
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState<Condition | null>(condition)
  return (
    <>
      <Button icon={<FilterOutlined aria-hidden />} type={condition ? 'primary' : 'default'} ghost={condition !== null} onClick={() => setOpen(true)}>
        {t(condition ? 'filter.on' : 'filter.open')}
      </Button>
      {open && (
        <Drawer
          open
          onClose={() => setOpen(false)}
          size={760}
          title={t('filter.title')}
          extra={
            <Button
              type="primary"
              onClick={() => {
                onChange(draft)
                setOpen(false)
              }}
            >
              {t('filter.apply')}
            </Button>
          }
        >
          <ConditionEditor narrow initial={condition} onChange={setDraft} />
        </Drawer>
      )}
    </>
  )
}
