import createFetchClient, { type Middleware } from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import i18n from 'i18next'
import { Problem, problemOf } from './problem'
import type { paths } from './schema'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

const house: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', i18n.language)
    if (!SAFE.has(request.method)) request.headers.set('X-CSRFToken', cookie('csrftoken'))
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response)
  },
  onError({ error }) {
    return error instanceof Problem ? error : new Problem('network', '')
  },
}

export const http = createFetchClient<paths>({ baseUrl: '/', credentials: 'same-origin' })
http.use(house)

/** Typed react-query hooks over the OpenAPI paths. Errors are always `Problem`. */
export const api = createQueryClient(http)
