import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Sentence } from '../../shared/Sentence'
import type { ImportRun } from './Imports'

/** What a finished or stopped import did, in sums that add up. */
export function Result({ run }: { run: ImportRun }) {
  const { t } = useTranslation('imports')
  const format = useFormat()
  const n = {
    file: run.file_name,
    read: format.count(run.read),
    loaded: format.count(run.loaded),
    duplicate: format.count(run.duplicate),
    rejected: format.count(run.rejected),
  }
  const failed = run.state === 'failed'
  const known = run.loaded === 0 && run.duplicate > 0
  const title = failed ? 'failed' : known ? 'again' : run.rejected === 0 ? 'clean' : 'title'
  const brought = Object.entries(run.brought).filter(([, count]) => count > 0)
  return (
    <>
      <Sentence
        title={t(`result.${title}`, n)}
        sub={failed ? t('result.failedSub') : t('result.sums', n)}
        acts={
          <Link to="/customers">
            <Button>{t('result.next')}</Button>
          </Link>
        }
      />
      {failed && (
        <Card>
          <p className="bad" role="alert">
            {format.language === 'en' ? run.error_en : run.error_zh}
          </p>
        </Card>
      )}
      {brought.length > 0 && (
        <Card title={t('result.brought')}>
          {brought.map(([what, count]) => (
            <p key={what}>
              {format.count(count)} {t(`result.broughtOf.${what}`, { defaultValue: what })}
            </p>
          ))}
        </Card>
      )}
      {run.rejected > 0 && (
        <Card title={t('rejected')} why={t('result.rejectsWhy')}>
          <Button href={`/api/facts/imports/${run.id}/rejects`}>{t('reject.download')}</Button>
        </Card>
      )}
    </>
  )
}
