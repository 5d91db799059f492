import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useCatalogue } from '../../conditions/useCatalogue'
import { useFormat } from '../../shared/format'

type Tag = components['schemas']['TagGiven']

/** A tag and its value as one choice; keys hold no equals sign. */
export function asChoice({ tag, value }: Tag): string {
  return value == null ? tag : `${tag}=${value}`
}

export function asTag(choice: string) {
  const at = choice.indexOf('=')
  return at < 0 ? { tag: choice, value: null } : { tag: choice.slice(0, at), value: choice.slice(at + 1) }
}

/** Tags given by hand, those with values once for each. */
export function useTagChoices() {
  const format = useFormat()
  const tags = api.useQuery('get', '/api/insight/tags')
  const catalogue = useCatalogue()
  return (tags.data?.items ?? [])
    .filter(({ source }) => source === 'manual')
    .flatMap((tag) => {
      const values = catalogue.data?.tags.find(({ key }) => key === tag.key)?.options ?? []
      if (!tag.value_kind) return [{ value: tag.key, label: format.named(tag) }]
      return values.map((each) => ({ value: `${tag.key}=${each.key}`, label: `${format.named(tag)} ${format.named(each)}` }))
    })
}
