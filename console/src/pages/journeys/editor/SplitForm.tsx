import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { END, type Variant } from '../definition'
import { update } from './editing'
import { Line, NumberInput, TargetPick } from './inputs'
import type { StepFormProps } from './StepForm'

/** The ways of an experiment, or of chance: their names, shares, and where each leads. */
export function SplitForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const kind = step.random ? 'random' : 'split'
  const variants = step[kind] ?? []
  const sum = variants.reduce((total, { share }) => total + share, 0)
  const put = (next: Variant[], mark?: string) => onChange(update(definition, { ...step, [kind]: next }), mark)
  const set = (at: number, part: Partial<Variant>, mark?: string) =>
    put(variants.map((each, n) => (n === at ? { ...each, ...part } : each)), mark)
  return (
    <>
      <p className="sub">{t(`${kind}Why`)}</p>
      {variants.map((each, at) => (
        <Line key={at} label={`${t('variant')} ${at + 1}`}>
          <Input
            size="small"
            style={{ width: 90 }}
            aria-label={`${t('variant')} ${at + 1}`}
            value={each.key}
            onChange={(event) => set(at, { key: event.target.value }, `${step.id}.key${at}`)}
          />
          <NumberInput
            label={`${t('share')} ${at + 1}`}
            min={1}
            max={99}
            precision={undefined}
            suffix="%"
            value={each.share}
            onValue={(share) => set(at, { share })}
          />
          {t('go')}
          <TargetPick
            label={`${t('variant')} ${at + 1} ${t('go')}`}
            definition={definition}
            self={step.id}
            value={each.go}
            onChange={(go) => go !== null && set(at, { go })}
          />
          {variants.length > 2 && (
            <Button size="small" type="text" danger onClick={() => put(variants.filter((_, n) => n !== at))}>
              {t('removeVariant')}
            </Button>
          )}
        </Line>
      ))}
      {Math.abs(sum - 100) > 0.001 && <p className="bad">{t('shares', { sum })}</p>}
      <div>
        <Button
          size="small"
          onClick={() => put([...variants, { key: freeKey(variants), share: 1, go: variants.at(-1)?.go ?? END }])}
        >
          {t('addVariant')}
        </Button>
      </div>
    </>
  )
}

function freeKey(variants: Variant[]): string {
  const taken = new Set(variants.map(({ key }) => key))
  return [...'abcdefghijklmnopqrstuvwxyz'].find((key) => !taken.has(key)) ?? `v${variants.length}`
}
