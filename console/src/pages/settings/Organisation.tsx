import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMayWrite } from '../../api/session'
import { usePaging } from '../../shared/usePaging'
import { Departments } from './Departments'
import './organisation.css'
import { NO_FILTERS } from './org'
import { StaffTable } from './StaffTable'
import { Stores } from './Stores'

/** Departments, staff and stores: who works where. */
export function Organisation() {
  const { t } = useTranslation('settings')
  const mayWrite = useMayWrite()
  const paged = usePaging(NO_FILTERS)
  return (
    <div className="stack">
      {!mayWrite && <Alert type="info" showIcon title={t('org.readOnly')} />}
      <div className="organisation">
        <Departments chosen={paged.filters.department} onChoose={(department) => paged.setFilters({ department })} />
        <StaffTable {...paged} />
      </div>
      <Stores />
    </div>
  )
}
