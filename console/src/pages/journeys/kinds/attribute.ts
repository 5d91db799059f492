import { plain, type Kind } from './kind'

export const attribute: Kind = {
  ...plain,
  key: 'attribute',
  blank: () => ({ attribute: { key: '' } }),
  said: ({ attribute: of, title = '' }, t) => ({
    aside: title,
    title:
      of?.value == null
        ? t('attributeClear', { key: of?.key ?? '' })
        : t('attributeSet', { key: of.key, value: String(of.value) }),
  }),
}
