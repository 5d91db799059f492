import { SearchOutlined } from '@ant-design/icons'
import { Input, type InputRef } from 'antd'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useHouse, useSession } from '../api/session'
import { mayOpen, PAGES } from './pages'

interface Find {
  to: string
  label: string
  kind: string
}

/** Goes anywhere from the keyboard: ⌘K, a few letters, Enter. Customers by name, number or phone; pages by name. */
export function FindAnything() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { role } = useSession()
  const { world_at: worldAt } = useHouse()
  const box = useRef<InputRef>(null)
  const list = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        box.current?.focus()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  const wanted = text.trim()
  const finds: Find[] = wanted
    ? [
        { to: `/customers?search=${encodeURIComponent(wanted)}`, label: wanted, kind: t('find.customer') },
        ...PAGES.filter(
          (page) =>
            mayOpen(page, role) &&
            (!page.worldOnly || worldAt !== null) &&
            `${t(`page.${page.name}`)} ${page.name}`.toLowerCase().includes(wanted.toLowerCase()),
        ).map(({ name }) => ({ to: `/${name}`, label: t(`page.${name}`), kind: t('find.page') })),
      ]
    : []

  function go(find: Find | undefined): void {
    if (!find) return
    setText('')
    setOpen(false)
    void navigate(find.to)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setAt((now) => Math.min(now + 1, finds.length - 1))
    else if (event.key === 'ArrowUp') setAt((now) => Math.max(now - 1, 0))
    else if (event.key === 'Enter') go(finds[at])
    else if (event.key === 'Escape') setOpen(false)
    else return
    event.preventDefault()
  }

  return (
    <div className="find-anything">
      <Input
        ref={box}
        value={text}
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('find.placeholder')}
        role="combobox"
        aria-label={t('find.placeholder')}
        aria-expanded={open && finds.length > 0}
        aria-controls={list}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
          setOpen(true)
        }}
        onKeyDown={onKeyDown}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      {open && finds.length > 0 && (
        <div className="find-anything-list" id={list} role="listbox">
          {finds.map((find, index) => (
            <button
              key={find.to}
              type="button"
              role="option"
              aria-selected={index === at}
              className="plain find-anything-item"
              onMouseDown={(event) => {
                event.preventDefault()
                go(find)
              }}
            >
              <span>{find.label}</span>
              <span className="sub">{find.kind}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
