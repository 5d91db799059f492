import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { canTell, GROUP_NAMES, linesOf, type Line } from './groups'
import { PATH } from './Outbox'
import { useChannels } from './useNames'

const TONES = { send: 'good', defer: 'warn', skip: 'plain', drop: 'bad' } as const

/** What became of the messages of a period: by channel, and by the rule that decided. */
export function Counts({ days }: { days: number }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const counts = api.useQuery('get', `${PATH}/counts`, { params: { query: { days } } })
  const channels = useChannels()
  return (
    <Loaded query={counts}>
      {({ since, states, verdicts }) => {
        const { lines, all } = linesOf(states)
        if (lines.length === 0) return <Empty title={t('none')} text={t('noneText')} />
        const rows = lines.length > 1 ? [...lines, all] : lines
        return (
          <div className="stack">
            <Card title={t('channels')} why={t('channelsWhy', { since: format.moment(since) })}>
              <DataTable<Line>
                rows={rows}
                rowKey={({ channel }) => channel}
                columns={[
                  { key: 'channel', title: t('channel'), render: (row) => <b>{row.channel ? channels.name(row.channel) : t('all')}</b> },
                  ...GROUP_NAMES.map((group) => ({
                    key: group,
                    title: <span title={t(`groupWhy.${group}`)}>{t(`group.${group}`)}</span>,
                    numeric: true,
                    render: (row: Line) =>
                      row.n[group] > 0 || canTell(group, channels.receipts(row.channel)) ? format.count(row.n[group]) : '—',
                  })),
                ]}
              />
            </Card>
            <Card title={t('verdicts')} why={t('verdictsWhy')}>
              <DataTable
                rows={verdicts}
                rowKey={({ verdict, rule }) => `${verdict} ${rule}`}
                columns={[
                  {
                    key: 'rule',
                    title: t('rule'),
                    render: ({ rule }) => <b>{rule ? t(`rules.${rule as 'cap'}`, { defaultValue: rule }) : t('noRule')}</b>,
                  },
                  {
                    key: 'verdict',
                    title: t('verdictTitle'),
                    render: ({ verdict }) => <Chip tone={TONES[verdict]}>{t(`verdict.${verdict}`)}</Chip>,
                  },
                  { key: 'n', title: t('messages'), numeric: true, render: ({ n }) => format.count(n) },
                ]}
              />
            </Card>
          </div>
        )
      }}
    </Loaded>
  )
}
