// The twelve shops of the market. They differ in why they can't take Huabei and in how much that costs them;
// seven are restaurants of one city, so that each of them has the five peers a comparison needs (contract
// section 7). A larger market repeats the twelve in other cities under other names.
// Every name here is invented.
import type { StoryName } from './stories.ts'
import type { Mcc } from './trades.ts'

export type Shop = {
  name: string
  /** What a shop like it is called in a larger market, after an invented first name. */
  sign: string
  mcc: Mcc
  tills: readonly {
    story: StoryName
    /** Takes Huabei from this many days after the market's turning day. */ opensAfter?: number
  }[]
  /** Multiplies the chance that a refused customer leaves. */
  impatience: number
  /** Of the customers who leave, the share for whom the cashier voids the basket, so the till says so. */
  voids: number
  /** False where tills send only what failed: then nobody knows what the refused did (`unknown`). */
  reportsSales: boolean
}

const till = (story: StoryName, opensAfter?: number): Shop['tills'][number] =>
  opensAfter === undefined ? { story } : { story, opensAfter }

const usual = { impatience: 1, voids: 0.35, reportsSales: true }

export const SHOPS: readonly Shop[] = [
  {
    ...usual,
    name: '榕荫里私房菜',
    sign: '私房菜',
    mcc: '5812',
    tills: [till('oldTill'), till('oldTill')],
    impatience: 1.3,
  },
  {
    ...usual,
    name: '阿沛嫂煲仔饭',
    sign: '煲仔饭',
    mcc: '5812',
    impatience: 0.9,
    tills: [till('creditSwitchedOff'), till('creditSwitchedOff'), till('creditSwitchedOff')],
  },
  {
    ...usual,
    name: '渔灯巷小海鲜',
    sign: '小海鲜',
    mcc: '5812',
    tills: [till('noAgreement'), till('noAgreement')],
    voids: 0.6,
  },
  {
    ...usual,
    name: '半坡柴火鸡',
    sign: '柴火鸡',
    mcc: '5812',
    tills: [till('marginFee'), till('marginFee')],
    impatience: 1.2,
  },
  {
    ...usual,
    name: '石板桥湘菜馆',
    sign: '湘菜馆',
    mcc: '5812',
    tills: [till('substitution'), till('substitution'), till('substitution')],
  },
  {
    ...usual,
    name: '晚稻田家常菜',
    sign: '家常菜',
    mcc: '5812',
    tills: [till('agreementPending', 0), till('agreementPending', 0), till('agreementPending', 0)],
  },
  {
    ...usual,
    name: '灯芯巷牛肉火锅',
    sign: '牛肉火锅',
    mcc: '5812',
    tills: [till('open'), till('open'), till('open'), till('open')],
  },
  {
    ...usual,
    name: '浅夏手作茶饮',
    sign: '手作茶饮',
    mcc: '5814',
    impatience: 0.8,
    voids: 0.2,
    tills: [till('oldFirmware'), till('oldFirmware'), till('oldFirmware', 9)],
  },
  {
    ...usual,
    name: '小满里生鲜超市',
    sign: '生鲜超市',
    mcc: '5411',
    reportsSales: false,
    tills: [till('notRegistered'), till('notRegistered'), till('notRegistered'), till('notRegistered')],
  },
  {
    ...usual,
    name: '极夜蓝数码生活馆',
    sign: '数码生活馆',
    mcc: '5732',
    voids: 0.5,
    tills: [
      till('open'),
      till('open'),
      till('oldTill'),
      till('oldTill'),
      till('instalmentsSwitchedOff'),
      till('agreementPending', 5),
    ],
  },
  {
    ...usual,
    name: '棉与线服饰',
    sign: '服饰',
    mcc: '5651',
    tills: [till('open'), till('creditSwitchedOff'), till('riskAppetite')],
  },
  { ...usual, name: '松针巷大药房', sign: '大药房', mcc: '5912', tills: [till('restrictedTrade')], impatience: 0.7 },
]

/** First names of the shops of a larger market. */
export const FIRST_NAMES = [
  '望潮',
  '鹿汀',
  '竹影',
  '云栈',
  '听雨',
  '雁回',
  '芦花',
  '石榴',
  '月台',
  '梧桐巷',
  '青瓦',
  '杏坞',
  '溪口',
  '远帆',
  '麦浪',
  '木槿',
  '白鹭洲',
  '星野',
  '樟树下',
  '拾穗',
  '暖炉',
  '南枝',
  '旧码头',
  '半亩',
] as const

/** Invented payment providers. The MID's first three digits are their acquirer prefix; we know of nobody who has 99x. */
export const PROVIDERS = [
  { id: 'chengyu', name: '澄屿支付', prefix: '991' },
  { id: 'liuzhou', name: '流舟支付', prefix: '992' },
  { id: 'banqiao', name: '半桥支付', prefix: '993' },
  { id: 'qingfan', name: '晴帆支付', prefix: '994' },
] as const

/** Cities: the area code within the MID is UnionPay's (domain notes, finding 5), `districts` are GB/T 2260. */
export const CITIES = [
  { name: '广州', area: '5810', districts: ['440106', '440104', '440103', '440105', '440111', '440112', '440113'] },
  { name: '深圳', area: '5840', districts: ['440304', '440303', '440305', '440306'] },
  { name: '杭州', area: '3310', districts: ['330106', '330102', '330108'] },
  { name: '成都', area: '6510', districts: ['510104', '510105', '510107'] },
  { name: '武汉', area: '5210', districts: ['420106', '420102', '420111'] },
  { name: '上海', area: '2900', districts: ['310101', '310104', '310115'] },
] as const
