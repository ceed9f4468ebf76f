import Foundation
import LoRWeBTorch
import Testing

@Suite("Autograd")
struct AutogradTests {
  /// The net of `Proofs/torch/make_torch_answers.py`.
  private struct Net {
    let x: Tensor
    let parameters: [(name: String, tensor: Tensor)]

    init() throws {
      let stream = try Generator(seed: 42)
      let shapes: [(String, [Int])] = [
        ("w1", [8, 6]), ("b1", [8]), ("w2", [8, 8]), ("b2", [8]), ("w3", [2, 8]), ("b3", [2]),
      ]
      parameters = shapes.map { (name: $0, tensor: Tensor.randn($1, generator: stream).requiringGrad()) }
      x = Tensor.randn([4, 6], generator: stream)
    }

    var tensors: [Tensor] { parameters.map(\.tensor) }

    /// The three linears, each with its activation.
    func layer(_ index: Int, _ x: Tensor) -> Tensor {
      let y = x.linear(tensors[2 * index], tensors[2 * index + 1])
      return index == 0 ? y.gelu() : index == 1 ? y.tanh() : y
    }

    func loss(_ output: Tensor) -> Tensor { output.power(2).mean() }

    var loss: Tensor { loss((0..<3).reduce(x) { layer($1, $0) }) }
  }

  private struct Answer: Decodable {
    let loss: Double
    let w1, b1, w2, b2, w3, b3: [Float]
    var gradients: [[Float]] { [w1, b1, w2, b2, w3, b3] }
  }

  private func answer() throws -> Answer { try JSONDecoder().decode(Answer.self, from: Answers.data("gradients.json")) }

  private func matches(_ gradient: Tensor?, _ expected: [Float]) throws -> Bool {
    let found: [Float] = try #require(gradient).array()
    return found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test("Loss and gradients of a small net equal PyTorch's, asked for and accumulated")
  func net() throws {
    try withTorchErrors {
      let (net, answer) = (try Net(), try answer())
      #expect(abs(net.loss.item() - answer.loss) < 1e-5)
      let asked = gradients(of: [net.loss], withRespectTo: net.tensors)
      net.loss.backward()
      for (index, expected) in answer.gradients.enumerated() {
        #expect(try matches(asked[index], expected))
        #expect(try matches(net.tensors[index].grad, expected))
      }
    }
  }

  @Test("`backward` adds to what is there until it is set to nil")
  func accumulating() throws {
    try withTorchErrors {
      let w = doubles([2]).requiringGrad()
      (w * w).sum().backward()
      (w * w).sum().backward()
      #expect(w.grad?.item() == 8)
      w.grad = nil
      #expect(w.grad == nil)
      let y = (w * w * w).sum()
      y.backward(retainGraph: true)
      y.backward()
      #expect(w.grad?.item() == 24)
      w.grad = doubles([0.5])
      #expect(w.grad?.item() == 0.5)
    }
  }

  @Test("Recomputing block by block gives the gradients of one pass, to the bit")
  func recomputing() throws {
    try withTorchErrors {
      let net = try Net()
      let x = net.x.clone().requiringGrad()
      let plain = gradients(of: [net.loss((0..<3).reduce(x) { net.layer($1, $0) })], withRespectTo: [x] + net.tensors)

      var inputs: [Tensor] = []
      let output = noGrad {
        (0..<3).reduce(net.x) { x, index in
          inputs.append(x)
          return net.layer(index, x)
        }
      }
      let head = output.detach().requiringGrad()
      var flowing = try #require(gradients(of: [net.loss(head)], withRespectTo: [head])[0])
      var recomputed: [Tensor] = []
      for index in (0..<3).reversed() {
        let input = inputs[index].detach().requiringGrad()
        let parameters = Array(net.tensors[2 * index...2 * index + 1])
        let found = gradients(of: [net.layer(index, input)], withRespectTo: [input] + parameters, seeds: [flowing])
        flowing = try #require(found[0])
        recomputed = try found.dropFirst().map { try #require($0) } + recomputed
      }
      for (one, other) in zip(plain, [flowing] + recomputed) {
        let (one, other): ([Float], [Float]) = (try #require(one).array(), other.array())
        #expect(one == other)
      }
    }
  }

  @Test("Seeds weigh outputs, unused inputs are nil where allowed, gradients have gradients where asked")
  func asking() throws {
    try withTorchErrors {
      let w = doubles([3, 4]).requiringGrad()
      let unused = doubles([1]).requiringGrad()
      let weighed = gradients(of: [w * w], withRespectTo: [w], seeds: [doubles([1, 10])])
      expect(try #require(weighed[0]), [6, 80])
      let found = gradients(of: [w.sum()], withRespectTo: [w, unused], allowUnused: true)
      #expect(found[0] != nil && found[1] == nil)
      let first = try #require(gradients(of: [w.power(3).sum()], withRespectTo: [w], createGraph: true)[0])
      expect(try #require(gradients(of: [first.sum()], withRespectTo: [w])[0]), [18, 24])
    }
    #expect(throws: TorchError.self) {
      try withTorchErrors {
        let w = doubles([1]).requiringGrad()
        _ = gradients(of: [w.sum()], withRespectTo: [doubles([1]).requiringGrad()])
      }
    }
    #expect(throws: TorchError("gradients: 1 outputs but 0 seeds")) {
      try withTorchErrors { _ = gradients(of: [doubles([1])], withRespectTo: [], seeds: []) }
    }
  }

  @Test("Recording stops inside noGrad and is back afterwards, also after an error")
  func modes() throws {
    struct Thrown: Error {}
    try withTorchErrors {
      let w = doubles([1]).requiringGrad()
      #expect((w * 2).requiresGrad)
      noGrad {
        #expect(!(w * 2).requiresGrad)
        noGrad { #expect(!(w * 2).requiresGrad) }
        #expect(!(w * 2).requiresGrad)
      }
      #expect(throws: Thrown.self) { try noGrad { throw Thrown() } }
      #expect((w * 2).requiresGrad)
      #expect(!w.detach().requiresGrad && w.requiresGrad)
      #expect(!w.requiringGrad(false).requiresGrad)
    }
  }

  @Test("Integers can't require gradients")
  func integers() {
    #expect(throws: TorchError.self) { try withTorchErrors { Tensor([1]).requiringGrad() } }
  }
}
