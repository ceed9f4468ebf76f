import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining
import Testing

@testable import LoRWeBTraining

@Suite("Where pre-training begins")
struct StartTests {
  @Test(
    "A linear start: a picture of half the contrast gives half the latents and half the picture, and nothing is lost in between",
    arguments: [[8, 16], [8, 8], [8, 16, 16]])
  func linear(widths: [Int]) throws {
    let config = AutoencoderConfig(latentChannels: 4, widths: widths, blocksPerLevel: 1, groups: 2)
    let source = try LinearStart(config, deviation: 0.1, seed: 3)
    try withTorchErrors {
      try noGrad {
        let model = try load(from: source, dtype: .float32) { try AutoencoderKL($0, config: config) }
        let picture = Tensor.randn([1, 3, 16, 16], generator: try Generator(seed: 1)) * 0.2
        let (latents, half) = try (model.encode(picture), model.encode(picture * 0.5))
        #expect(latents.mean.power(2).mean().item() > 1e-4)
        let lost = (half.mean * 2 - latents.mean).power(2).mean().item() / latents.mean.power(2).mean().item()
        #expect(lost < 1e-3, "\(lost)")
        #expect(abs(latents.logVariance.exp().mean().item() - 0.01) < 1e-5)
        let (whole, dim) = try (model.decode(latents.mean), model.decode(latents.mean * 0.5))
        #expect((dim * 2 - whole).power(2).mean().item() < 1e-3 * whole.power(2).mean().item())
      }
    }
  }

  @Test("Groups too small for pairs are refused in a sentence") func groups() throws {
    let config = AutoencoderConfig(latentChannels: 4, widths: [4, 8], blocksPerLevel: 1, groups: 4)
    let error = #expect(throws: ModelError.self) { _ = try LinearStart(config, deviation: 0.1, seed: 3) }
    #expect("\(try #require(error))".contains("norm_num_groups 4"))
  }

  @Test("A start at copying paints the context from pure noise, which a random model doesn't") func copying() throws {
    let config = FluxConfig(
      inputChannels: 16, doubleBlocks: 2, singleBlocks: 2, headWidth: 32, heads: 4, textWidth: 12, pooledWidth: 10,
      rotaryAxes: [8, 12, 12])
    try withTorchErrors {
      try noGrad {
        let generator = try Generator(seed: 4)
        func random(_ shape: Int...) -> Tensor { .randn([3] + shape, generator: generator) }
        let batch = TrainingBatch(
          target: random(16, 16), context: random(16, 16), rows: 4, columns: 4, edited: .whole, text: random(5, 12),
          pooled: random(10), query: random(10))
        let draw = NoiseDraw(sigmas: .ones([3]), noise: random(16, 16))
        func error(_ source: any WeightSource) throws -> Double {
          let model = try load(from: source, dtype: .float32) { try FluxTransformer($0, config: config) }
          let painted = draw.noise - Velocity(model).prediction(for: batch, draw, guidance: 1)
          return (painted - batch.context).power(2).mean().item() / batch.context.power(2).mean().item()
        }
        let copied = try error(CopyStart(config, seed: 1))
        #expect(copied < 0.6, "\(copied)")
        #expect(try error(RandomSource(seed: 1)) > 0.9)
      }
    }
    let error = #expect(throws: ModelError.self) {
      _ = try withTorchErrors {
        try CopyStart(FluxConfig(inputChannels: 32, headWidth: 16, heads: 2, rotaryAxes: [4, 6, 6]), seed: 1)
      }
    }
    #expect("\(try #require(error))".contains("in_channels"))
  }

  @Test("Half precision learns by steps it can't tell itself") func masters() throws {
    try withTorchErrors { () throws in
      let used = Tensor.ones([2, 2]).to(.bfloat16)
      let registry = try load(from: Constant(used), dtype: .bfloat16) { scope in
        _ = try scope.tensor("w", [2, 2], initial: .ones)
        return scope.registry
      }
      let trained = TrainedTensor.all(of: registry)
      let parameter = try #require(registry.parameters.first).tensor
      let optimiser = AdamW(trained, AdamWSettings(learningRate: 1e-4, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: nil))
      for _ in 0..<100 {
        parameter.to(.float32).sum().backward()
        optimiser.step { _ in }
      }
      // A hundred steps of 1e-4; one alone is lost in bf16, whose numbers near 1 are 0.004 apart.
      #expect(abs(trained[0].tensor.mean().item() - 0.99) < 1e-4)
      #expect(parameter.dtype == .bfloat16 && abs(parameter.to(.float32).mean().item() - 0.99) < 2e-3)
    }
  }

  private struct Constant: WeightSource {
    let value: Tensor
    init(_ value: Tensor) { self.value = value }
    var location: String { "a constant" }
    var names: [String]? { nil }
    func shape(of name: String) -> [Int]? { nil }
    func tensor(_ request: WeightRequest) throws -> Tensor { value.clone() }
  }

  @Test("An order has everything once an epoch, another each epoch, the same for a seed") func order() {
    let order = ShuffledOrder(count: 7, seed: 2)
    let epochs = (0..<3).map { epoch in (0..<7).map { order[7 * epoch + $0] } }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<7)) }
    #expect(Set(epochs).count == 3)
    #expect(ShuffledOrder(count: 7, seed: 2)[8] == epochs[1][1])
    #expect((0..<7).map { ShuffledOrder(count: 7, seed: 2, stream: 1)[$0] } != epochs[0])
  }
}
