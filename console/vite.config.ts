import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    manifest: true,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What draws every chart is one file, loaded when a chart is seen; a kind of chart that one page has is not in it.
        codeSplitting: {
          groups: [{ name: 'ChartCanvas-engine', test: /node_modules\/(echarts|zrender|tslib)\/(?!.*(sankey|Graph))/ }],
        },
      },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8000' } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
})
