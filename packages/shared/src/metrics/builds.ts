/** A build is a model with its firmware: a version that two models have is two builds. */

/** No vendor writes a tab. */
const between = '\t'

export const buildOf = (model: string, firmware: string): string => `${model}${between}${firmware}`

/** Model and firmware; what is no build is one part. */
export const partsOfBuild = (build: string): string[] => build.split(between)
