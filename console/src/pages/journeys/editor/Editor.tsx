import { Button } from 'antd'
import { lazy, Suspense, useCallback, useEffect, useMemo, useReducer, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card } from '../../../shared/Card'
import { Skeleton } from '../../../shared/PageState'
import { Sentence } from '../../../shared/Sentence'
import type { Definition, StepKind } from '../definition'
import { START } from '../layout'
import { useNames } from '../names'
import { insert, placeOf, remove, type Place } from './editing'
import { begin, step as move } from './history'
import { StartForm } from './StartForm'
import { StepForm } from './StepForm'
import './texts'
import { useAutosave, type Kept } from './useAutosave'

const Canvas = lazy(() => import('../Canvas'))

/** A journey being drawn: steps are put on the canvas and filled in beside it; every change is kept as the draft. */
export function Editor({ initial, isNew, onSaved }: { initial: Definition; isNew: boolean; onSaved: () => void }) {
  const { t } = useTranslation('journeyEditor')
  const names = useNames()
  const [history, dispatch] = useReducer(move, initial, begin)
  const [selected, setSelected] = useState<string | null>(START)
  const definition = history.now
  const kept = useAutosave(definition, initial, onSaved)
  const chosen = definition.steps.find(({ id }) => id === selected)
  const change = (to: Definition, mark?: string) => dispatch({ do: 'change', to, mark })
  const undo = () => dispatch({ do: 'undo' })
  const redo = () => dispatch({ do: 'redo' })
  const onInsert = useCallback(
    (place: Place, kind: StepKind) => {
      const added = insert(definition, place, kind)
      dispatch({ do: 'change', to: added.definition })
      setSelected(added.id)
    },
    [definition],
  )
  const faulty = useMemo(() => new Set(kept.problems.map(({ place }) => placeOf(place))), [kept.problems])
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || isField(event.target)) return
      event.preventDefault()
      dispatch({ do: event.shiftKey ? 'redo' : 'undo' })
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (isField(event.target) || !chosen || (event.key !== 'Delete' && event.key !== 'Backspace')) return
    event.preventDefault()
    change(remove(definition, chosen.id))
    setSelected(START)
  }
  const back = isNew && kept.state !== 'saved' ? '/journeys' : `/journeys/${definition.key}?show=draft`
  return (
    <div className="body">
      <Sentence
        title={definition.name || t('newName')}
        sub={
          <>
            <span aria-live="polite">{sayKept(kept, t)}</span> · {t('sub')}
          </>
        }
        acts={
          <>
            <Button disabled={history.past.length === 0} onClick={undo}>
              {t('undo')}
            </Button>
            <Button disabled={history.future.length === 0} onClick={redo}>
              {t('redo')}
            </Button>
            <Link to={back}>
              <Button type="primary" disabled={kept.state === 'saving'}>
                {t('done')}
              </Button>
            </Link>
          </>
        }
      />
      <div className="journey">
        <div className="journey-canvas" onKeyDown={onKeyDown}>
          <Suspense fallback={<Skeleton rows={10} />}>
            <Canvas
              definition={definition}
              counts={{}}
              names={names}
              selected={selected}
              onSelect={setSelected}
              faulty={faulty}
              onInsert={onInsert}
            />
          </Suspense>
        </div>
        <div className="stack">
          {chosen ? (
            <StepForm key={chosen.id} definition={definition} step={chosen} onChange={change} />
          ) : (
            <StartForm definition={definition} onChange={change} />
          )}
          <Problems kept={kept} onSelect={setSelected} />
          <p className="sub">{t('keys')}</p>
        </div>
      </div>
    </div>
  )
}

function Problems({ kept, onSelect }: { kept: Kept; onSelect: (id: string) => void }) {
  const { t } = useTranslation('journeyEditor')
  if (kept.problems.length === 0)
    return kept.state === 'saved' ? <Card title={t('noProblems')} why={t('noProblemsText')} /> : null
  return (
    <Card title={t('problems', { n: kept.problems.length })}>
      <ul className="plain-list">
        {kept.problems.map(({ place, message }) => (
          <li key={`${place} ${message}`}>
            <Button type="link" className="as-text" onClick={() => onSelect(placeOf(place))}>
              {message}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function sayKept(kept: Kept, t: ReturnType<typeof useTranslation<'journeyEditor'>>['t']): string {
  switch (kept.state) {
    case 'same':
      return t('notYet')
    case 'saving':
      return t('saving')
    case 'saved':
      return t('saved')
    case 'refused':
      return t('notSaved', { why: kept.problems[0]?.message ?? '' })
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
}
