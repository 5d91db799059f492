import { plain, type Kind } from './kind'

export const attribute: Kind = {
  ...plain,
  key: 'attribute',
  blank: () => ({ attribute: { key: '' } }),
  said: ({ attribute: of, title = '' }, t, names) => ({
    aside: title,
    title:
      of?.value == null
        ? t('attributeClear', { key: names.attr(of?.key ?? '') })
        : t('attributeSet', { key: names.attr(of.key), value: String(of.value) }),
  }),
}
