import { useTranslation } from 'react-i18next'
import { useHouse } from '../../api/session'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'

export function HouseFacts() {
  const { t } = useTranslation('settings')
  const house = useHouse()
  const format = useFormat()
  return (
    <Card title={house.name} why={t('house.why')}>
      <table className="facts" style={{ maxWidth: 560 }}>
        <tbody>
          <tr>
            <th scope="row">{t('house.zone')}</th>
            <td>{house.zone}</td>
          </tr>
          <tr>
            <th scope="row">{t('house.currency')}</th>
            <td>{house.currency}</td>
          </tr>
          <tr>
            <th scope="row">{t('house.clock')}</th>
            <td>
              {house.world_at === null ? t('house.real') : t('house.world', { at: format.moment(house.world_at) })}
            </td>
          </tr>
          <tr>
            <th scope="row">{t('house.version')}</th>
            <td>{house.version}</td>
          </tr>
        </tbody>
      </table>
    </Card>
  )
}
