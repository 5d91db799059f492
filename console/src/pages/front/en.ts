import type { zh } from './zh'

export const en: typeof zh = {
  brand: 'Potager',
  signInTo: 'Sign in to {{house}}',
  login: 'Login',
  loginNeeded: 'Enter a login of at least 2 characters',
  password: 'Password',
  passwordNeeded: 'Enter the password',
  signIn: 'Sign in',
  unreachable: 'The server cannot be reached. Check the network and that Potager is running, then try again.',
  worldHint:
    'This is a demo world: its people and orders are simulated, and its time stands still until you move it. The demo login is printed where Potager was started.',
  welcome: 'First run: tell us about your company',
  welcomeText: 'The time zone and the currency decide how every day and every amount is counted. They cannot be changed later.',
  houseName: 'Company or brand name',
  houseNameNeeded: 'Enter the company name',
  zone: 'Business time zone',
  zoneWhy: '“Last 7 days” and “this month” are cut by its dates',
  currency: 'Currency',
  currencyWhy: 'Every amount is shown in it',
  ownerLogin: 'Owner login',
  ownerPassword: 'Owner password',
  passwordRule: 'At least 10 characters',
  open: 'Open the house',
}
