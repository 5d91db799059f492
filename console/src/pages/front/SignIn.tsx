import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useHouse } from '../../api/session'
import { Mark } from '../../app/Mark'
import { asProblem } from '../../shared/PageState'

interface Fields {
  login: string
  password: string
}

export default function SignIn() {
  const { t } = useTranslation('front')
  const house = useHouse()
  const queries = useQueryClient()
  const signIn = useMutation({
    mutationFn: async (body: Fields) => (await http.POST('/api/session', { body })).data,
    onSuccess: (session) => queries.setQueryData(['session'], session),
  })
  const problem = signIn.error && asProblem(signIn.error)
  return (
    <main className="front">
      <div className="front-card stack">
        <div>
          <div className="front-brand">
            <Mark size={30} />
            {t('brand')}
          </div>
          <h1 className="sub" style={{ fontWeight: 400 }}>
            {t('signInTo', { house: house.name })}
          </h1>
        </div>
        <div className="card">
          <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => signIn.mutate(fields)}>
            <Form.Item name="login" label={t('login')} rules={[{ required: true, message: t('loginNeeded') }]}>
              <Input autoFocus autoComplete="username" size="large" />
            </Form.Item>
            <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('passwordNeeded') }]}>
              <Input.Password autoComplete="current-password" size="large" />
            </Form.Item>
            {problem && (
              <Alert type="error" showIcon title={problem.message || t('unreachable')} style={{ marginBottom: 16 }} />
            )}
            <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
              {t('signIn')}
            </Button>
          </Form>
        </div>
        {house.world_at !== null && <p className="sub">{t('worldHint')}</p>}
      </div>
    </main>
  )
}
