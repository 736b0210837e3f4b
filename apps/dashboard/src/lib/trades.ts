/**
 * Names of trades by merchant category code (ISO 18245, in China GB/T 20548): those of shops with a till. UnionPay's own list
 * differs in places, so the code stays beside the name; of any other code only the code is shown.
 */

import { getLocale } from '#paraglide/runtime.js'

const trades: Record<string, readonly [zh: string, en: string]> = {
  4722: ['旅行社', 'Travel agencies'],
  5200: ['家居建材', 'Home supplies'],
  5251: ['五金', 'Hardware'],
  5311: ['百货', 'Department stores'],
  5411: ['超市', 'Supermarkets'],
  5422: ['肉铺', 'Butchers'],
  5441: ['糖果零食', 'Sweets and nuts'],
  5462: ['面包房', 'Bakeries'],
  5499: ['食品店', 'Food shops'],
  5541: ['加油站', 'Petrol stations'],
  5611: ['男装', 'Men’s clothing'],
  5621: ['女装', 'Women’s clothing'],
  5641: ['童装', 'Children’s clothing'],
  5651: ['服装', 'Clothing'],
  5661: ['鞋店', 'Shoe shops'],
  5712: ['家具', 'Furniture'],
  5722: ['家用电器', 'Household appliances'],
  5732: ['电子产品', 'Electronics'],
  5812: ['餐馆', 'Restaurants'],
  5813: ['酒吧', 'Bars'],
  5814: ['快餐', 'Fast food'],
  5912: ['药店', 'Pharmacies'],
  5921: ['烟酒', 'Wine and spirits'],
  5941: ['体育用品', 'Sporting goods'],
  5942: ['书店', 'Bookshops'],
  5944: ['珠宝钟表', 'Jewellery and watches'],
  5945: ['玩具', 'Toys'],
  5977: ['化妆品', 'Cosmetics'],
  5992: ['花店', 'Florists'],
  5995: ['宠物店', 'Pet shops'],
  7011: ['住宿', 'Hotels'],
  7216: ['干洗', 'Dry cleaners'],
  7230: ['美容美发', 'Hair and beauty'],
  7298: ['健康美容', 'Health and beauty spas'],
  7538: ['汽车维修', 'Car repair'],
  7542: ['洗车', 'Car washes'],
  7832: ['电影院', 'Cinemas'],
  8021: ['牙科', 'Dentists'],
  8062: ['医院', 'Hospitals'],
}

/** 餐馆 5812, Restaurants 5812. */
export function tradeName(mcc: string): string {
  const names = trades[mcc]
  return names === undefined ? mcc : `${names[getLocale() === 'zh' ? 0 : 1]} ${mcc}`
}
