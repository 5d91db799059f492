import { AutoComplete, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useHouse } from '../../api/session'
import { Card } from '../../shared/Card'
import { DataTable } from '../../shared/DataTable'
import type { Mapping, Preview, Reading } from './Setup'

const ENCODINGS = ['auto', 'utf-8', 'gb18030', 'utf-16'] as const
const DELIMITERS = ['auto', ',', '\t', ';', '|'] as const
const ZONES = ['Asia/Shanghai', 'UTC', 'America/New_York', 'Europe/London', 'Asia/Tokyo']

/** What the file was found to be, its first rows, and the knobs to read it otherwise. */
export function Detected({
  shape,
  mapping,
  onChange,
  onRead,
}: {
  shape: Preview
  mapping: Mapping
  onChange: (mapping: Mapping) => void
  onRead: (reading: Reading) => void
}) {
  const { t } = useTranslation('imports')
  const { zone } = useHouse()
  const namesItsFields = shape.format === 'jsonl' || shape.format === 'parquet'
  const said = (value: string) => (value === 'auto' ? t('setup.auto') : value === '\t' ? t('setup.tab') : value)
  const options = (values: readonly string[], found: string) =>
    values.map((value) => ({ value, label: value === 'auto' ? `${t('setup.auto')}（${said(found)}）` : said(value) }))
  return (
    <Card title={t('setup.found')} why={t('setup.foundWhy', { n: shape.rows.length })}>
      <div className="table-bar">
        {shape.encoding !== '' && (
          <label>
            {t('setup.encoding')}{' '}
            <Select
              value={mapping.encoding}
              style={{ width: 170 }}
              options={options(ENCODINGS, shape.encoding)}
              onChange={(encoding: Mapping['encoding']) => onRead({ encoding })}
            />
          </label>
        )}
        {shape.delimiter !== '' && (
          <label>
            {t('setup.delimiter')}{' '}
            <Select
              value={mapping.delimiter}
              style={{ width: 150 }}
              options={options(DELIMITERS, shape.delimiter)}
              onChange={(delimiter: string) => onRead({ delimiter })}
            />
          </label>
        )}
        {shape.format === 'xlsx' && (
          <label>
            {t('setup.sheet')}{' '}
            <Input.Search
              key={shape.sheet}
              defaultValue={mapping.sheet ?? shape.sheet}
              style={{ width: 170 }}
              onSearch={(sheet) => onRead({ sheet: sheet.trim() || null })}
            />
          </label>
        )}
        {namesItsFields ? (
          <span className="sub">{t(`setup.named.${shape.format as 'jsonl'}`)}</span>
        ) : (
          <label>
            {t('setup.header')}{' '}
            <Select<string>
              value={String(mapping.header)}
              style={{ width: 150 }}
              options={[
                { value: 'auto', label: `${t('setup.auto')}（${t(shape.header ? 'setup.headerYes' : 'setup.headerNo')}）` },
                { value: 'true', label: t('setup.headerYes') },
                { value: 'false', label: t('setup.headerNo') },
              ]}
              onChange={(header) => onRead({ header: header === 'auto' ? header : header === 'true' })}
            />
          </label>
        )}
        <label>
          {t('setup.zone')}{' '}
          <AutoComplete
            value={mapping.timezone ?? zone}
            style={{ width: 190 }}
            options={ZONES.map((value) => ({ value }))}
            onChange={(timezone: string) => onChange({ ...mapping, timezone })}
          />
        </label>
        <label title={t('setup.timeFormatWhy')}>
          {t('setup.timeFormat')}{' '}
          <Select<string[]>
            mode="tags"
            open={false}
            suffixIcon={null}
            placeholder="%d.%m.%Y %H:%M"
            value={mapping.time_formats}
            style={{ minWidth: 170 }}
            onChange={(formats) => onChange({ ...mapping, time_formats: formats })}
          />
        </label>
        <label title={t('setup.sourceWhy')}>
          {t('setup.source')}{' '}
          <Input
            value={mapping.source}
            maxLength={64}
            style={{ width: 140 }}
            onChange={(event) => onChange({ ...mapping, source: event.target.value })}
          />
        </label>
      </div>
      <DataTable<{ n: number; cells: string[] }>
        maxHeight={260}
        rowKey={({ n }) => n}
        rows={shape.rows.slice(0, 8).map((cells, n) => ({ n, cells }))}
        columns={shape.columns.map((title, n) => ({ key: String(n), title, render: ({ cells }) => cells[n] }))}
      />
    </Card>
  )
}
