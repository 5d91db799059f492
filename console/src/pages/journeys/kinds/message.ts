import { plain, type Kind } from './kind'

export const message: Kind = {
  ...plain,
  key: 'message',
  blank: () => ({ message: { text: '' } }),
  said: ({ message: said, title = '' }, t) => ({
    aside: said?.channel ? t(`channel.${said.channel as 'sms'}`, { defaultValue: said.channel }) : t('senderOwner'),
    title: title || `「${firstLine(said?.text ?? '')}」`,
  }),
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 22 ? `${line.slice(0, 21)}…` : line
}
