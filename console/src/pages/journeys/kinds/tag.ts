import { plain, type Kind } from './kind'

export const tag: Kind = {
  ...plain,
  key: 'tag',
  blank: () => ({ tag: { add: '' } }),
  said: ({ tag: of, title = '' }, t, names) => ({
    aside: title,
    title: of?.add
      ? t('tagAdd', { tag: names.tagged(of.add, of.value) })
      : t('tagRemove', { tag: names.tagged(of?.remove ?? '') }),
  }),
}
