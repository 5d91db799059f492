import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { useFormat } from '../../shared/format'
import './actTexts'
import './upset.css'

type OverlapOut = components['schemas']['OverlapOut']

/** An UpSet plot as a table: a column of dots per audience, a row and a bar per region, so that it reads aloud too. */
export function UpSet({ overlap, onChoose }: { overlap: OverlapOut; onChoose?: (inside: readonly string[]) => void }) {
  const { t } = useTranslation('audienceActs')
  const format = useFormat()
  const most = Math.max(...overlap.regions.map((region) => region.n))
  const names = new Map(overlap.audiences.map((each) => [each.key, format.named(each)]))
  const said = (inside: readonly string[]) => format.list(inside.map((key) => format.quoted(names.get(key) ?? key)))
  return (
    <div className="card scroll-x">
      <table className="grid upset" aria-label={t('overlap', { ns: 'audiences' })}>
        <thead>
          <tr>
            {overlap.audiences.map((each) => (
              <th key={each.key} scope="col" className="upset-set">
                {format.named(each)}
                <div className="sub">{format.people(each.n)}</div>
              </th>
            ))}
            <th scope="col">{t('region')}</th>
            <th scope="col" className="num">{t('size', { ns: 'audiences' })}</th>
            <th scope="col" className="num">{t('share')}</th>
            {onChoose && <th scope="col"><span className="upset-hidden">{t('keepRegion')}</span></th>}
          </tr>
        </thead>
        <tbody>
          {overlap.regions.map((region) => {
            const places = overlap.audiences.map((each) => region.inside.includes(each.key))
            const first = places.indexOf(true)
            const last = places.lastIndexOf(true)
            return (
              <tr key={region.inside.join(',')} aria-label={t('regionOf', { names: said(region.inside) })}>
                {places.map((yes, i) => (
                  <td key={overlap.audiences[i]?.key} className="upset-set">
                    <span
                      role="img"
                      aria-label={yes ? t('isIn') : t('isOut')}
                      className={`upset-dot${yes ? ' in' : ''}${i >= first && i < last ? ' on' : ''}`}
                    />
                  </td>
                ))}
                <td className="upset-bar">
                  <div style={{ width: `${(region.n / most) * 100}%` }} />
                </td>
                <td className="num strong">{format.people(region.n)}</td>
                <td className="num">{format.rate(region.n / overlap.n)}</td>
                {onChoose && (
                  <td className="nowrap">
                    <Button
                      size="small"
                      aria-label={t('keepRegionOf', { names: said(region.inside), n: format.count(region.n) })}
                      onClick={() => onChoose(region.inside)}
                    >
                      {t('keepRegion')}
                    </Button>
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
