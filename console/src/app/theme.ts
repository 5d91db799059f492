import { theme, type ThemeConfig } from 'antd'
import { palettes, type Mode } from './palette'

/** antd's theme from our palette: radius 6, 14 px, no shadows deeper than an edge. */
export function themeOf(mode: Mode): ThemeConfig {
  const p = palettes[mode]
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: p.greenFill,
      colorLink: p.green,
      colorSuccess: p.green,
      colorWarning: p.ochre,
      colorError: p.brick,
      colorInfo: p.blue,
      colorBgBase: p.card,
      colorBgLayout: p.paper,
      colorBgContainer: p.card,
      colorBgElevated: p.card,
      colorTextBase: p.ink,
      colorText: p.ink,
      colorTextSecondary: p.mute,
      colorTextTertiary: p.mute,
      colorTextPlaceholder: p.mute,
      colorBorder: p.line,
      colorBorderSecondary: p.hair,
      borderRadius: 6,
      borderRadiusLG: 6,
      borderRadiusSM: 4,
      fontFamily: 'inherit',
      fontSize: 14,
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      boxShadow: 'none',
      boxShadowTertiary: 'none',
      boxShadowSecondary: '0 2px 8px rgba(31,36,33,.12)',
    },
    components: {
      // Chosen things are text here, and read on the page's ground in both modes.
      Tabs: { colorPrimary: p.green, itemSelectedColor: p.green, itemHoverColor: p.green, inkBarColor: p.green },
      Pagination: { colorPrimary: p.green, colorPrimaryHover: p.green },
      Segmented: { trackBg: p.sand, itemSelectedBg: p.card },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    },
  }
}
