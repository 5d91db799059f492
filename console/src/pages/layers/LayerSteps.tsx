import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { Builder } from '../../conditions/Builder'
import { conditionOf, edit, nodeAt, treeOf, type Condition } from '../../conditions/tree'
import { useCatalogue } from '../../conditions/useCatalogue'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { asProblem, Loaded } from '../../shared/PageState'
import { blankStep, moved, type Step, type Steps } from './steps'

/** The layers from the top: names, conditions, their order, and how many would stand in each. */
export function LayerSteps({ steps, onChange }: { steps: Steps; onChange: (steps: Steps) => void }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const { layers, rest } = steps
  const preview = useAct(
    async (whens: Condition[]) => {
      const { data } = await http.POST('/api/insight/layers/preview', {
        body: { whens: whens as unknown as Record<string, never>[] },
      })
      return data
    },
    { quiet: true },
  )
  const set = (at: number, change: Partial<Step>) =>
    onChange({ rest, layers: layers.map((layer, n) => (n === at ? { ...layer, ...change } : layer)) })
  const whens = layers.flatMap(({ when }) => (when === null ? [] : [when]))
  const isWhole = whens.length === layers.length
  // Numbers stand beside the conditions they were counted for, not beside others.
  const counted = preview.data && JSON.stringify(preview.variables) === JSON.stringify(whens) ? preview.data : undefined
  const problem = preview.error ? asProblem(preview.error) : null
  // "whens[1].all[0].op": the second layer, and the place inside its condition.
  const [, faulty, inside = ''] = /^whens\[(\d+)\]\.?(.*)$/.exec(problem?.place ?? '') ?? []
  const said = (n: number | undefined) => (n === undefined ? '' : format.people(n))
  return (
    <div className="stack">
      {layers.map((layer, at) => (
        <section key={layer.key} className="layer-step" aria-label={layer.zh || t('layerAt', { n: at + 1 })}>
          <div className="line">
            <b>{at + 1}</b>
            <Input
              aria-label={t('layerName')}
              placeholder={t('layerName')}
              value={layer.zh}
              onChange={(event) => set(at, { zh: event.target.value })}
              style={{ width: 200 }}
            />
            <Input
              aria-label={t('nameEn')}
              placeholder={t('nameEn')}
              value={layer.en}
              onChange={(event) => set(at, { en: event.target.value })}
              style={{ width: 160 }}
            />
            <span className="grow strong" aria-live="polite">
              {said(counted?.sizes[at])}
              {counted && counted.alone[at] !== counted.sizes[at] && (
                <span className="sub"> {t('alone', { n: format.people(counted.alone[at]) })}</span>
              )}
            </span>
            <Button
              size="small"
              icon={<ArrowUpOutlined />}
              aria-label={t('up', { layer: layer.zh })}
              disabled={at === 0}
              onClick={() => onChange({ rest, layers: moved(layers, at, at - 1) })}
            />
            <Button
              size="small"
              icon={<ArrowDownOutlined />}
              aria-label={t('down', { layer: layer.zh })}
              disabled={at === layers.length - 1}
              onClick={() => onChange({ rest, layers: moved(layers, at, at + 1) })}
            />
            <Button
              size="small"
              danger
              icon={<DeleteOutlined />}
              aria-label={t('drop', { layer: layer.zh })}
              disabled={layers.length === 1}
              onClick={() => onChange({ rest, layers: layers.filter((_, n) => n !== at) })}
            />
          </div>
          <When
            initial={layer.when}
            fault={problem && faulty === String(at) ? { place: inside, message: problem.message } : null}
            onChange={(when) => {
              preview.reset()
              set(at, { when })
            }}
          />
        </section>
      ))}
      <div className="line">
        <Button onClick={() => onChange({ rest, layers: [...layers, blankStep()] })}>{t('addLayer')}</Button>
        <span className="sub">{t('firstWins')}</span>
      </div>
      <section className="layer-step" aria-label={t('restTitle')}>
        <div className="line">
          <b>{t('restTitle')}</b>
          <Input
            aria-label={t('restName')}
            placeholder={t('restName')}
            value={rest.zh}
            onChange={(event) => onChange({ layers, rest: { ...rest, zh: event.target.value } })}
            style={{ width: 200 }}
          />
          <Input
            aria-label={t('nameEn')}
            placeholder={t('nameEn')}
            value={rest.en}
            onChange={(event) => onChange({ layers, rest: { ...rest, en: event.target.value } })}
            style={{ width: 160 }}
          />
          <span className="strong">{said(counted?.rest)}</span>
        </div>
      </section>
      <div className="line">
        <Button disabled={!isWhole} loading={preview.isPending} onClick={() => preview.mutate(whens)}>
          {t('preview')}
        </Button>
        <span className="sub" aria-live="polite">
          {problem
            ? problem.message
            : counted
              ? t('previewed', { total: format.people(counted.total) })
              : t(isWhole ? 'previewWhy' : 'previewFirst')}
        </span>
      </div>
    </div>
  )
}

/** The condition of one layer. */
function When({
  initial,
  fault,
  onChange,
}: {
  initial: Condition | null
  fault: { place: string; message: string } | null
  onChange: (condition: Condition | null) => void
}) {
  const catalogue = useCatalogue()
  const [tree, setTree] = useState(() => treeOf(initial))
  const { places } = conditionOf(tree)
  return (
    <Loaded query={catalogue} rows={2}>
      {(known) => (
        <Builder
          tree={tree}
          catalogue={known}
          fault={fault && { id: nodeAt(fault.place, places), message: fault.message }}
          onEdit={(action) => {
            const next = edit(tree, action)
            setTree(next)
            onChange(conditionOf(next).condition)
          }}
        />
      )}
    </Loaded>
  )
}
