import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { Mark } from '../../app/Mark'
import { asProblem } from '../../shared/PageState'

interface Fields {
  name: string
  zone: string
  currency: string
  login: string
  password: string
}

const CURRENCIES = ['CNY', 'HKD', 'TWD', 'SGD', 'MYR', 'JPY', 'USD', 'EUR', 'GBP', 'AUD', 'CAD']
const ZONES = Intl.supportedValuesOf('timeZone')

/** First run: the two things that can never change (zone, currency), and the owner's account. */
export default function Welcome() {
  const { t } = useTranslation('front')
  const queries = useQueryClient()
  const found = useMutation({
    mutationFn: async (body: Fields) => {
      await http.POST('/api/house', { body })
      return (await http.POST('/api/session', { body: { login: body.login, password: body.password } })).data
    },
    onSuccess: async (session) => {
      queries.setQueryData(['session'], session)
      await queries.invalidateQueries({ queryKey: ['house'] })
    },
  })
  const problem = found.error && asProblem(found.error)
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <main className="front">
      <div className="front-card stack">
        <div>
          <div className="front-brand">
            <Mark size={30} />
            {t('brand')}
          </div>
          <h1 style={{ fontSize: 18 }}>{t('welcome')}</h1>
          <p className="sub">{t('welcomeText')}</p>
        </div>
        <div className="card">
          <Form<Fields>
            layout="vertical"
            requiredMark={false}
            initialValues={{ zone: ZONES.includes(local) ? local : 'Asia/Shanghai', currency: 'CNY' }}
            onFinish={(fields) => found.mutate(fields)}
          >
            <Form.Item name="name" label={t('houseName')} rules={[{ required: true, message: t('houseNameNeeded') }]}>
              <Input autoFocus autoComplete="organization" />
            </Form.Item>
            <Form.Item name="zone" label={t('zone')} extra={t('zoneWhy')}>
              <Select showSearch options={ZONES.map((value) => ({ value, label: value }))} />
            </Form.Item>
            <Form.Item name="currency" label={t('currency')} extra={t('currencyWhy')}>
              <Select showSearch options={CURRENCIES.map((value) => ({ value, label: value }))} />
            </Form.Item>
            <Form.Item name="login" label={t('ownerLogin')} rules={[{ required: true, min: 2, message: t('loginNeeded') }]}>
              <Input autoComplete="username" />
            </Form.Item>
            <Form.Item
              name="password"
              label={t('ownerPassword')}
              extra={t('passwordRule')}
              rules={[{ required: true, message: t('passwordNeeded') }]}
            >
              <Input.Password autoComplete="new-password" />
            </Form.Item>
            {problem && (
              <Alert type="error" showIcon title={problem.message || t('unreachable')} style={{ marginBottom: 16 }} />
            )}
            <Button type="primary" htmlType="submit" size="large" block loading={found.isPending}>
              {t('open')}
            </Button>
          </Form>
        </div>
      </div>
    </main>
  )
}
