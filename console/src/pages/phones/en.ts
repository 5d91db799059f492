import type { zh } from './zh'

export const en: typeof zh = {
  title: 'See what a customer’s phone shows',
  titleOf: 'The phone of {{name}}',
  sub: 'Everybody in the demo world has a simulated phone: messages of journeys arrive here, and you can answer, delete the staff member or add them again',
  choose: 'Choose a customer',
  none: 'Choose a customer first',
  noneText: 'Type a name. Once a message is there, answer it as the customer and watch tasks and journeys react.',
  lastReached: 'People reached last',
  phoneOf: 'The phone of {{name}}',
  silent: 'No message yet. Advance a day, or let them enter a journey.',
  chat: 'WeCom',
  sms: 'SMS',
  replyAs: 'Answer as {{name}}',
  send: 'Send',
  whoWrites: 'Who writes to them',
  nobody: 'Nobody on the staff has written yet',
  delete: 'Delete friend',
  add: 'Add again',
  did: { delete: 'Deleted {{sender}}', add: 'Added {{sender}} again', opt_out: 'Opted out' },
  then: 'What happens next',
  thenText:
    'An answer comes in as an event: journeys waiting for it move on; answering TD stops all marketing; after a deletion queued messages are taken back.',
  profile: 'Everything about {{name}}',
}
