import { Alert, Button, Checkbox, Form, Input, Modal, Popconfirm, Segmented, Select } from 'antd'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Labelled } from '../../shared/Labelled'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat, type Format } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { asProblem, Loaded } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { Sentence } from '../../shared/Sentence'
import { AnswerCard } from './AnswerCard'
import { dimensionOptions, PeriodPick, sharedCuts, useMetricCatalog, WherePick } from './controls'
import { askOf, FRESH, GRAINS, keptOf, pick, sayChange, sayLevel, words, type Answer, type Chart, type Kept, type MetricCatalog, type Shape } from './question'

const SHAPES: Shape[] = ['line', 'bar', 'table']

/** Any question: measures, cuts, period, whose facts. The address holds it. */
export function Explore() {
  const catalog = useMetricCatalog()
  return (
    <Loaded query={catalog} rows={8}>
      {(known) => <Asked catalog={known} />}
    </Loaded>
  )
}

function Asked({ catalog }: { catalog: MetricCatalog }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const [kept, set] = useAddress<Record<keyof Kept, string>>({ ...FRESH })
  const ask = askOf(kept)
  const answer = useQuery({
    queryKey: ['post', '/api/insight/metrics/query', ask],
    queryFn: async () => (await http.POST('/api/insight/metrics/query', { body: ask })).data ?? null,
    enabled: ask.measures.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const problem = answer.error === null ? null : asProblem(answer.error)
  return (
    <div className="stack">
      <Sentence
        title={answer.data ? <Verdict answer={answer.data} format={format} /> : t('asking')}
        sub={t('exploreSub')}
        acts={<SaveChart kept={kept} />}
      />
      <Card>
        <Controls catalog={catalog} kept={kept} set={set} />
      </Card>
      {problem?.status === 422 ? (
        <Alert type="error" showIcon title={problem.message} />
      ) : (
        <Loaded query={answer} rows={8}>
          {(found) => found && <AnswerCard answer={found} title={titleOf(found, t, format)} shape={kept.shape as Shape} />}
        </Loaded>
      )}
      <SavedCharts />
    </div>
  )
}

function Controls({ catalog, kept, set }: { catalog: MetricCatalog; kept: Kept; set: (change: Partial<Kept>) => void }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const measures = words(kept.measures)
  const able = sharedCuts(catalog, measures)
  // A cut that the measures chosen now do not share would only be refused.
  const fitting = (chosen: string[]) => {
    const shared = sharedCuts(catalog, chosen)
    return words(kept.by).filter((key) => shared.includes(key.split(':')[0] ?? key))
  }
  return (
    <div className="controls">
      <Labelled label={t('measures')}>
        <Select
          mode="multiple"
          aria-label={t('measures')}
          value={measures}
          onChange={(next: string[]) => set({ measures: next.join(','), by: fitting(next).join(',') })}
          showSearch={{ optionFilterProp: 'label' }}
          style={{ minWidth: 240, maxWidth: 520 }}
          options={catalog.measures.map(({ key, name }) => ({ value: key, label: pick(format, name) }))}
        />
      </Labelled>
      <Labelled label={t('by')}>
        <Select
          mode="multiple"
          aria-label={t('by')}
          value={words(kept.by)}
          placeholder={t('byNone')}
          onChange={(next: string[]) => set({ by: oneGrain(next).join(',') })}
          showSearch={{ optionFilterProp: 'label' }}
          style={{ minWidth: 200, maxWidth: 420 }}
          options={dimensionOptions(catalog, able, format)}
        />
      </Labelled>
      <PeriodPick value={kept.period} onChange={(period) => set({ period })} />
      <Labelled label={t('shape')}>
        <Segmented<Shape>
          value={kept.shape as Shape}
          onChange={(shape) => set({ shape })}
          options={SHAPES.map((each) => ({ value: each, label: t(`shapes.${each}`) }))}
        />
      </Labelled>
      <Checkbox checked={kept.compare === 'yes'} onChange={(event) => set({ compare: event.target.checked ? 'yes' : '' })}>
        {t('compare')}
      </Checkbox>
      <WherePick value={kept.where} onChange={(where) => set({ where })} />
    </div>
  )
}

/** The grain chosen last takes the place of the one before. */
function oneGrain(by: string[]): string[] {
  const last = by.filter((key) => GRAINS.includes(key)).at(-1)
  return by.filter((key) => !GRAINS.includes(key) || key === last)
}

function Verdict({ answer, format }: { answer: Answer; format: Format }) {
  const { t } = useTranslation('reports')
  return <>{titleOf(answer, t, format)}</>
}

type Say = ReturnType<typeof useTranslation<'reports'>>['t']

/** The first measure and its change, as a sentence. */
export function titleOf(answer: Answer, t: Say, format: Format): string {
  const first = answer.measures[0]
  if (!first) return ''
  const now = answer.whole.now[first.key]
  const measure = pick(format, first.name)
  if (now?.why) return t('exploreUnknown', { measure, why: pick(format, now.why) })
  const title = t('exploreTitle', { measure, value: sayLevel(format, first.unit, now?.value ?? null) })
  if (answer.whole.before === null) return title
  return title + t('exploreChange', { change: sayChange(format, first.unit, now?.value ?? null, answer.whole.before[first.key]?.value ?? null) })
}

function SaveChart({ kept }: { kept: Kept }) {
  const { t } = useTranslation('reports')
  const mayWrite = useMayWrite()
  const [open, setOpen] = useState(false)
  const save = useAct(
    ({ name }: { name: string }) => {
      const key = newKey('chart')
      const question = { ...askOf(kept), limit: undefined }
      const body = { key, name_zh: name, name_en: '', kind: 'metrics' as const, shape: kept.shape as Shape, question: question as Chart['question'], note: '' }
      return http.PUT('/api/insight/metrics/charts/{key}', { params: { path: { key } }, body })
    },
    { done: t('saved'), stale: ['/api/insight/metrics/reports'], then: () => setOpen(false), quiet: true },
  )
  if (!mayWrite) return null
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('save')}
      </Button>
      {open && (
        <Modal open title={t('save')} footer={null} onCancel={() => setOpen(false)}>
          <Form<{ name: string }> layout="vertical" onFinish={(fields) => save.mutate(fields)}>
            <Form.Item name="name" label={t('saveName')} rules={[{ required: true, message: t('nameNeeded') }]}>
              <Input />
            </Form.Item>
            <Submit act={save} />
          </Form>
        </Modal>
      )}
    </>
  )
}

function SavedCharts() {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [, set] = useAddress<Record<keyof Kept, string>>({ ...FRESH })
  const reports = api.useQuery('get', '/api/insight/metrics/reports')
  const remove = useAct((key: string) => http.DELETE('/api/insight/metrics/charts/{key}', { params: { path: { key } } }), {
    done: t('removed'),
    stale: ['/api/insight/metrics/reports'],
  })
  return (
    <Card title={t('savedCharts')}>
      <Loaded query={reports} rows={2}>
        {({ charts }) => {
          const own = charts.filter(({ kind }) => kind === 'metrics')
          if (own.length === 0) return <p className="sub">{t('chartsEmpty')}</p>
          return (
            <ul className="plain-list">
              {own.map((chart) => (
                <li key={chart.key} className="spread">
                  <button type="button" className="plain" style={{ color: 'var(--green)' }} onClick={() => set(keptOf(chart))}>
                    {format.named(chart)}
                  </button>
                  {mayWrite && chart.used_by.length === 0 && (
                    <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(chart.key)}>
                      <Button size="small" type="text">
                        {t('remove')}
                      </Button>
                    </Popconfirm>
                  )}
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Card>
  )
}
