import { useTranslation } from 'react-i18next'
import { AudiencePick, type FormProps } from './common'

/** Which audience they go out of. */
export function LeftForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  return <AudiencePick label={t('audience')} value={trigger.left ?? ''} onChange={(left) => onChange({ ...trigger, left })} />
}
