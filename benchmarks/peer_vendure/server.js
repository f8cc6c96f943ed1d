// The peer's shop: Vendure as its own guide sets it up, one product with so many units, one flat shipping method and
// the dummy payment that Vendure brings. Prints READY <variant> <method> once it takes orders. A line "STOCK n" on
// standard input sets the shelf to n units and answers SET n; closing it stops the server.
const readline = require('node:readline')
const {
  bootstrap, dummyPaymentHandler, DefaultLogger, LogLevel, ChannelService, CountryService, LanguageCode,
  PaymentMethodService, ProductService, ProductVariantService, RequestContextService, ShippingMethodService,
  TaxCategoryService, TaxRateService, ZoneService, defaultShippingCalculator, defaultShippingEligibilityChecker,
  manualFulfillmentHandler, TransactionalConnection,
} = require('@vendure/core')

const en = { languageCode: LanguageCode.en }
const config = {
  apiOptions: { hostname: '127.0.0.1', port: Number(process.env.PORT), shopApiPath: 'shop-api', adminApiPath: 'admin-api' },
  authOptions: { tokenMethod: 'bearer', superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'benchmark' } },
  dbConnectionOptions: { type: 'postgres', host: process.env.PGHOST, username: 'postgres', database: process.env.PGDATABASE,
    synchronize: true, logging: false, poolSize: 20 },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  orderOptions: { orderItemsLimit: 1e9, orderLineItemsLimit: 1e9 },
  logger: new DefaultLogger({ level: LogLevel.Error, timestamp: false }),
  plugins: [],
}

async function furnish(app) {
  const of = (service) => app.get(service)
  const context = await of(RequestContextService).create({ apiType: 'admin' })
  const country = await of(CountryService).create(context, { code: 'CN', enabled: true, translations: [{ ...en, name: 'China' }] })
  const zone = await of(ZoneService).create(context, { name: 'China', memberIds: [country.id] })
  const category = await of(TaxCategoryService).create(context, { name: 'standard', isDefault: true })
  await of(TaxRateService).create(context, { name: 'none', enabled: true, value: 0, categoryId: category.id, zoneId: zone.id })
  const channel = await of(ChannelService).getDefaultChannel()
  await of(ChannelService).update(context, { id: channel.id, defaultTaxZoneId: zone.id, defaultShippingZoneId: zone.id })
  const fresh = await of(RequestContextService).create({ apiType: 'admin', channelOrToken: (await of(ChannelService).getDefaultChannel()) })
  await of(PaymentMethodService).create(fresh, { code: 'dummy', enabled: true, translations: [{ ...en, name: 'Dummy', description: '' }],
    handler: { code: dummyPaymentHandler.code, arguments: [{ name: 'automaticSettle', value: 'true' }] } })
  const method = await of(ShippingMethodService).create(fresh, { code: 'flat', fulfillmentHandler: manualFulfillmentHandler.code,
    translations: [{ ...en, name: 'Flat', description: '' }],
    checker: { code: defaultShippingEligibilityChecker.code, arguments: [{ name: 'orderMinimum', value: '0' }] },
    calculator: { code: defaultShippingCalculator.code, arguments: [
      { name: 'rate', value: '0' }, { name: 'includesTax', value: 'auto' }, { name: 'taxRate', value: '0' }] } })
  const product = await of(ProductService).create(fresh, { enabled: true, translations: [{ ...en, name: 'Cup', slug: 'cup', description: '' }] })
  const [variant] = await of(ProductVariantService).create(fresh, [{ productId: product.id, sku: 'cup', price: 1870,
    taxCategoryId: category.id, trackInventory: 'TRUE', stockOnHand: 0, translations: [{ ...en, name: 'Cup' }] }])
  return { variant: variant.id, method: method.id }
}

async function stock(app, variant, units) {
  const connection = app.get(TransactionalConnection).rawConnection
  await connection.query('UPDATE stock_level SET "stockOnHand" = $1, "stockAllocated" = 0 WHERE "productVariantId" = $2', [units, variant])
}

async function main() {
  const app = await bootstrap(config)
  const { variant, method } = await furnish(app)
  const lines = readline.createInterface({ input: process.stdin })
  lines.on('line', async (line) => {
    const units = Number(line.split(' ')[1])
    await stock(app, variant, units)
    console.log(`SET ${units}`)
  })
  lines.on('close', () => process.exit(0))
  console.log(`READY ${variant} ${method}`)
}

main().catch((error) => { console.error(error); process.exit(1) })
