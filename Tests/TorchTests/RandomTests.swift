import Foundation
import LoRWeBTorch
import Testing

/// Generators give the numbers PyTorch gives for the same seed on the CPU; `Answers/random.json` holds its.
@Suite("Random numbers")
struct RandomTests {
  private static let seeds: [UInt64] = [0, 7, 1 << 63 + 11]

  private func answers(_ seed: UInt64) throws -> [String: [Double]] {
    try #require(JSONDecoder().decode([String: [String: [Double]]].self, from: Answers.data("random.json"))["\(seed)"])
  }

  @Test("Every way to draw equals PyTorch's", arguments: seeds)
  func drawing(seed: UInt64) throws {
    func fresh() throws -> Generator { try Generator(seed: seed) }
    let draws: [String: () throws -> Tensor] = [
      "randn 1": { .randn([1], generator: try fresh()) },
      "randn 5": { .randn([5], generator: try fresh()) },
      "randn 15": { .randn([15], generator: try fresh()) },
      "randn 16": { .randn([16], generator: try fresh()) },
      "randn 17": { .randn([17], generator: try fresh()) },
      "randn 40": { .randn([40], generator: try fresh()) },
      "randn 2x3x4": { .randn([2, 3, 4], generator: try fresh()) },
      "randn 7 bfloat16": { .randn([7], generator: try fresh(), dtype: .bfloat16) },
      "randn 32 bfloat16": { .randn([32], generator: try fresh(), dtype: .bfloat16) },
      "randn 7 float64": { .randn([7], generator: try fresh(), dtype: .float64) },
      "randn 32 float64": { .randn([32], generator: try fresh(), dtype: .float64) },
      "rand 9": { .rand([9], generator: try fresh()) },
      "rand 9 bfloat16": { .rand([9], generator: try fresh(), dtype: .bfloat16) },
      "randint": { .randint(-5, 1000, [12], generator: try fresh()) },
      "normal_ 6": { Tensor.empty([6]).normalInPlace(mean: 1.5, deviation: 0.25, generator: try fresh()) },
      "normal_ 24 bfloat16": { Tensor.empty([24], dtype: .bfloat16).normalInPlace(deviation: 2, generator: try fresh()) },
      "uniform_ 8": { Tensor.empty([8]).uniformInPlace(-2, 3, generator: try fresh()) },
      "randn 4 after others": {
        let generator = try fresh()
        _ = Tensor.randn([3], generator: generator)
        _ = Tensor.rand([2], generator: generator)
        return .randn([4], generator: generator)
      },
    ]
    let answers = try answers(seed)
    #expect(Set(draws.keys) == Set(answers.keys))
    try withTorchErrors {
      for (name, draw) in draws {
        let found: [Double] = try draw().array()
        let expected = try #require(answers[name])
        // fp64 logarithms and cosines may differ in the last bit between two builds' vector libraries.
        let same = found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 }
        #expect(same, "\(name): expected \(expected), found \(found)")
      }
    }
  }

  @Test("A saved state goes on where it was saved, also in another generator")
  func state() throws {
    try withTorchErrors {
      let generator = try Generator(seed: 3)
      _ = Tensor.randn([5], generator: generator)
      let state = try generator.state()
      let expected: [Float] = Tensor.randn([20], generator: generator).array()
      try generator.restore(state)
      #expect(Tensor.randn([20], generator: generator).array() == expected)
      let other = try Generator(seed: 99)
      try other.restore(state)
      #expect(Tensor.randn([20], generator: other).array() == expected)
      #expect(throws: TorchError.self) { try other.restore(Tensor([UInt8(1), 2, 3])) }
      #expect(throws: TorchError.self) { try other.restore(Tensor([1.5])) }
      #expect(Tensor.randn([20], generator: other).array() != expected)
    }
  }

  @Test("Two generators of one seed don't disturb each other")
  func independent() throws {
    try withTorchErrors {
      let one = try Generator(seed: 1)
      let two = try Generator(seed: 1)
      let first: [Float] = Tensor.randn([8], generator: one).array()
      _ = Tensor.randn([8], generator: one)
      #expect(Tensor.randn([8], generator: two).array() == first)
    }
  }
}
