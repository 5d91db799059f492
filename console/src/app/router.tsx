import { createBrowserRouter, type RouteObject } from 'react-router'
import { textsOf } from '../i18n'
import { Skeleton } from '../shared/PageState'
import { Allowed } from './Allowed'
import { Crash, NotFound } from './Crash'
import { Gate } from './Gate'
import { Home } from './Home'
import { PAGES } from './pages'
import { Shell } from './Shell'

const pageRoutes: RouteObject[] = PAGES.map((page) => ({
  element: <Allowed page={page} />,
  children: [{ path: '', load: page.load }, ...(page.below ?? [])].map(({ path, load }) => ({
    path: path === '' ? page.name : `${page.name}/${path}`,
    lazy: async () => ({ Component: (await Promise.all([load(), textsOf(page.name)]))[0].default }),
  })),
}))

export const router = createBrowserRouter([
  {
    errorElement: <Crash />,
    hydrateFallbackElement: <Skeleton />,
    children: [
      {
        element: <Gate place="sign-in" />,
        children: [
          { path: 'sign-in', lazy: async () => ({ Component: (await import('../pages/front/SignIn')).default }) },
        ],
      },
      {
        element: <Gate place="welcome" />,
        children: [
          { path: 'welcome', lazy: async () => ({ Component: (await import('../pages/front/Welcome')).default }) },
        ],
      },
      {
        element: <Gate place="shell" />,
        children: [
          {
            element: <Shell />,
            children: [
              {
                errorElement: <Crash />,
                children: [
                  { index: true, element: <Home /> },
                  ...pageRoutes,
                  { path: '*', element: <NotFound /> },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
])
