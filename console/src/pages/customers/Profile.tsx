import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { api } from '../../api/client'
import { Loaded } from '../../shared/PageState'
import { Known } from './Known'
import { Next } from './Next'
import { Timeline } from './Timeline'
import { Who } from './Who'
import './profile.css'

/** One customer: who they are, what happened, what comes next. */
export default function Profile() {
  const { cid = '' } = useParams()
  const { t } = useTranslation('customers')
  const card = api.useQuery('get', '/api/people/customers/{cid}', { params: { path: { cid: Number(cid) } } })
  const knowledge = api.useQuery('get', '/api/insight/customers/{cid}', { params: { path: { cid: Number(cid) } } })
  return (
    <div className="body">
      <Loaded query={card} rows={10}>
        {(customer) => (
          <>
            <div className="spread">
              <Link to="/customers">‹ {t('back')}</Link>
            </div>
            <div className="profile">
              <h1 className="visually-hidden">{customer.name || t('unnamed', { cid: customer.cid })}</h1>
              <Who customer={customer}>{knowledge.data && <Known cid={customer.cid} knowledge={knowledge.data} />}</Who>
              <Timeline cid={customer.cid} />
              <Next customer={customer} audiences={knowledge.data?.audiences ?? []} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  )
}
