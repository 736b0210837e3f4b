/** The parts of ECharts that the panels use, and no others: a phone downloads this file. */

import { BarChart, SankeyChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, SankeyChart, GridComponent, TooltipComponent, SVGRenderer])

export { init }
