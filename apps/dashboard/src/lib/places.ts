/**
 * Names of cities by the first four digits of GB/T 2260, for who knows the places but not the codes: provinces, their
 * capitals and the larger cities. Of any other city the province is named and the code kept, so that nothing is guessed.
 */

import { getLocale } from '#paraglide/runtime.js'

type Names = readonly [zh: string, en: string]

const provinces: Record<string, Names> = {
  11: ['北京', 'Beijing'],
  12: ['天津', 'Tianjin'],
  13: ['河北', 'Hebei'],
  14: ['山西', 'Shanxi'],
  15: ['内蒙古', 'Inner Mongolia'],
  21: ['辽宁', 'Liaoning'],
  22: ['吉林', 'Jilin'],
  23: ['黑龙江', 'Heilongjiang'],
  31: ['上海', 'Shanghai'],
  32: ['江苏', 'Jiangsu'],
  33: ['浙江', 'Zhejiang'],
  34: ['安徽', 'Anhui'],
  35: ['福建', 'Fujian'],
  36: ['江西', 'Jiangxi'],
  37: ['山东', 'Shandong'],
  41: ['河南', 'Henan'],
  42: ['湖北', 'Hubei'],
  43: ['湖南', 'Hunan'],
  44: ['广东', 'Guangdong'],
  45: ['广西', 'Guangxi'],
  46: ['海南', 'Hainan'],
  50: ['重庆', 'Chongqing'],
  51: ['四川', 'Sichuan'],
  52: ['贵州', 'Guizhou'],
  53: ['云南', 'Yunnan'],
  54: ['西藏', 'Tibet'],
  61: ['陕西', 'Shaanxi'],
  62: ['甘肃', 'Gansu'],
  63: ['青海', 'Qinghai'],
  64: ['宁夏', 'Ningxia'],
  65: ['新疆', 'Xinjiang'],
  71: ['台湾', 'Taiwan'],
  81: ['香港', 'Hong Kong'],
  82: ['澳门', 'Macao'],
}

/** Provinces that are one city. */
const municipalities: ReadonlySet<string> = new Set(['11', '12', '31', '50', '81', '82'])

const cities: Record<string, Names> = {
  1301: ['石家庄', 'Shijiazhuang'],
  1302: ['唐山', 'Tangshan'],
  1306: ['保定', 'Baoding'],
  1401: ['太原', 'Taiyuan'],
  1501: ['呼和浩特', 'Hohhot'],
  1502: ['包头', 'Baotou'],
  2101: ['沈阳', 'Shenyang'],
  2102: ['大连', 'Dalian'],
  2201: ['长春', 'Changchun'],
  2202: ['吉林市', 'Jilin City'],
  2301: ['哈尔滨', 'Harbin'],
  2306: ['大庆', 'Daqing'],
  3201: ['南京', 'Nanjing'],
  3202: ['无锡', 'Wuxi'],
  3203: ['徐州', 'Xuzhou'],
  3204: ['常州', 'Changzhou'],
  3205: ['苏州', 'Suzhou'],
  3206: ['南通', 'Nantong'],
  3209: ['盐城', 'Yancheng'],
  3210: ['扬州', 'Yangzhou'],
  3301: ['杭州', 'Hangzhou'],
  3302: ['宁波', 'Ningbo'],
  3303: ['温州', 'Wenzhou'],
  3304: ['嘉兴', 'Jiaxing'],
  3306: ['绍兴', 'Shaoxing'],
  3307: ['金华', 'Jinhua'],
  3310: ['台州', 'Taizhou, Zhejiang'],
  3401: ['合肥', 'Hefei'],
  3402: ['芜湖', 'Wuhu'],
  3501: ['福州', 'Fuzhou'],
  3502: ['厦门', 'Xiamen'],
  3505: ['泉州', 'Quanzhou'],
  3506: ['漳州', 'Zhangzhou'],
  3601: ['南昌', 'Nanchang'],
  3607: ['赣州', 'Ganzhou'],
  3701: ['济南', 'Jinan'],
  3702: ['青岛', 'Qingdao'],
  3703: ['淄博', 'Zibo'],
  3706: ['烟台', 'Yantai'],
  3707: ['潍坊', 'Weifang'],
  3708: ['济宁', 'Jining'],
  3713: ['临沂', 'Linyi'],
  4101: ['郑州', 'Zhengzhou'],
  4103: ['洛阳', 'Luoyang'],
  4201: ['武汉', 'Wuhan'],
  4205: ['宜昌', 'Yichang'],
  4206: ['襄阳', 'Xiangyang'],
  4301: ['长沙', 'Changsha'],
  4302: ['株洲', 'Zhuzhou'],
  4306: ['岳阳', 'Yueyang'],
  4401: ['广州', 'Guangzhou'],
  4403: ['深圳', 'Shenzhen'],
  4404: ['珠海', 'Zhuhai'],
  4405: ['汕头', 'Shantou'],
  4406: ['佛山', 'Foshan'],
  4407: ['江门', 'Jiangmen'],
  4408: ['湛江', 'Zhanjiang'],
  4413: ['惠州', 'Huizhou'],
  4419: ['东莞', 'Dongguan'],
  4420: ['中山', 'Zhongshan'],
  4501: ['南宁', 'Nanning'],
  4502: ['柳州', 'Liuzhou'],
  4503: ['桂林', 'Guilin'],
  4601: ['海口', 'Haikou'],
  4602: ['三亚', 'Sanya'],
  5101: ['成都', 'Chengdu'],
  5107: ['绵阳', 'Mianyang'],
  5201: ['贵阳', 'Guiyang'],
  5203: ['遵义', 'Zunyi'],
  5301: ['昆明', 'Kunming'],
  5401: ['拉萨', 'Lhasa'],
  6101: ['西安', 'Xi’an'],
  6201: ['兰州', 'Lanzhou'],
  6301: ['西宁', 'Xining'],
  6401: ['银川', 'Yinchuan'],
  6501: ['乌鲁木齐', 'Ürümqi'],
}

const provinceOf = (code: string): string => code.slice(0, 2)

export const isInProvince = (code: string): boolean => Object.hasOwn(provinces, provinceOf(code))

/** @param code four digits or six, of which the first four count. 广州; 广东 4418; what is no such code, as it is. */
export function cityName(code: string): string {
  const city = code.slice(0, 4)
  const province = provinceOf(code)
  const known = municipalities.has(province) ? provinces[province] : cities[city]
  if (known !== undefined) return inLanguage(known)
  const within = provinces[province]
  return within === undefined ? code : `${inLanguage(within)} ${city}`
}

const inLanguage = ([zh, en]: Names): string => (getLocale() === 'zh' ? zh : en)
