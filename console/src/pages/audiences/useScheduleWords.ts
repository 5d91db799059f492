import { useTranslation } from 'react-i18next'
import { useFormat } from '../../shared/format'
import type { Schedule } from './schedule'

/** 每周一、周五 09:00: when a scheduled audience is computed, in words. */
export function useScheduleWords(): (schedule: Schedule) => string {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  return ({ every, at, weekdays = [], day }) => {
    const times = format.list([...at].sort())
    switch (every) {
      case 'day':
        return t('when.day', { times })
      case 'week':
        return t('when.week', { times, days: format.list([...weekdays].sort().map((each) => t(`weekday.w${each as 1}`))) })
      case 'month':
        return t('when.month', { times, day })
    }
  }
}
