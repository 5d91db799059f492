import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { ConditionFilter } from '../../../conditions/ConditionFilter'
import type { Condition } from '../../../conditions/tree'
import { END } from '../definition'
import { waysOf } from '../kinds'
import { update } from './editing'
import { Line, TargetPick } from './inputs'
import type { StepFormProps } from './StepForm'

interface Path {
  if: Condition
  go: string
  name?: string
}

const EVERYONE: Condition = { all: [] }

/** Paths with their conditions, tried from the top; whoever fits none goes where the step says otherwise. */
export function BranchForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const paths = step.branch ?? []
  const otherwise = waysOf(definition, definition.steps.indexOf(step)).at(-1)?.to ?? END
  const put = (next: Path[], mark?: string) => onChange(update(definition, { ...step, branch: next }), mark)
  const set = (at: number, part: Partial<Path>, mark?: string) =>
    put(paths.map((path, n) => (n === at ? { ...path, ...part } : path)), mark)
  return (
    <>
      {paths.map((path, at) => {
        const label = t('path', { n: at + 1 })
        const isOpen = JSON.stringify(path.if) === JSON.stringify(EVERYONE)
        return (
          <Line key={at} label={label} why={isOpen ? t('everyone') : undefined}>
            <Input
              size="small"
              style={{ width: 160 }}
              aria-label={`${label} ${t('pathName')}`}
              placeholder={t('pathName')}
              value={path.name ?? ''}
              onChange={(event) => set(at, { name: event.target.value }, `${step.id}.name${at}`)}
            />
            <ConditionFilter condition={isOpen ? null : path.if} onChange={(next) => set(at, { if: next ?? EVERYONE })} />
            {t('go')}
            <TargetPick
              label={`${label} ${t('go')}`}
              definition={definition}
              self={step.id}
              value={path.go}
              onChange={(go) => go !== null && set(at, { go })}
            />
            {paths.length > 1 && (
              <Button size="small" type="text" danger onClick={() => put(paths.filter((_, n) => n !== at))}>
                {t('removePath')}
              </Button>
            )}
          </Line>
        )
      })}
      <div>
        <Button size="small" onClick={() => put([...paths, { if: EVERYONE, go: otherwise }])}>
          {t('addPath')}
        </Button>
      </div>
    </>
  )
}
