import LoRWeBTorch
import Testing

/// With one operand on `meta` torch computes a shape and asks for no more, so only our own check finds the operand left behind.
@Suite("Tensors of two devices")
struct DeviceCheckTests {
  private static func cpu(_ shape: Int...) -> Tensor { .zeros(shape) }
  private static func meta(_ shape: Int...) -> Tensor { .zeros(shape, device: .meta) }

  /// Fails unless the operator of that name refuses what it is given.
  private func expectRefusal(_ name: String, _ location: SourceLocation = #_sourceLocation, _ body: () -> Void) throws {
    let error = #expect(throws: TorchError.self, sourceLocation: location) { try withTorchErrors(body) }
    let text = try #require(error, sourceLocation: location).description
    #expect(text.hasPrefix("aten::\(name): its tensors are on two devices: "), "\(text)", sourceLocation: location)
    #expect(text.contains(" meta") && text.contains(" cpu"), "\(text)", sourceLocation: location)
  }

  @Test("An operand left on the CPU is refused by the operator's name, whichever it is")
  func operands() throws {
    try expectRefusal("linear") { _ = Self.meta(2, 3).linear(Self.cpu(4, 3)) }
    try expectRefusal("linear") { _ = Self.cpu(2, 3).linear(Self.meta(4, 3)) }
    try expectRefusal("linear") { _ = Self.meta(2, 3).linear(Self.meta(4, 3), Self.cpu(4)) }
    try expectRefusal("mm") { _ = Self.meta(2, 3).mm(Self.cpu(3, 4)) }
    try expectRefusal("bmm") { _ = Self.cpu(1, 2, 3).bmm(Self.meta(1, 3, 4)) }
    try expectRefusal("conv2d") { _ = Self.meta(1, 2, 5, 5).conv2d(Self.cpu(3, 2, 3, 3)) }
    try expectRefusal("conv2d") { _ = Self.meta(1, 2, 5, 5).conv2d(Self.meta(3, 2, 3, 3), Self.cpu(3)) }
    try expectRefusal("embedding") { _ = Self.meta(5, 3).embedding(Tensor([0, 4])) }
    try expectRefusal("add.Tensor") { _ = Self.meta(2) + Self.cpu(2) }
  }

  @Test("Tensors in lists count, numbers among them too")
  func lists() throws {
    try expectRefusal("cat") { _ = concatenated([Self.meta(2), Self.cpu(2)], along: 0) }
    try expectRefusal("stack") { _ = stacked([Self.cpu(), Self.meta()]) }
    try expectRefusal("index_select") { _ = Self.meta(3, 3).entries(Tensor([0, 1]), along: 1) }
    for stray in 0..<4 {
      try expectRefusal("_fused_adamw_") {
        let lists = (0..<4).map { [Self.meta(3), $0 == stray ? Self.cpu(3) : Self.meta(3)] }
        stepAdamW(
          lists[0], gradients: lists[1], firstMoments: lists[2], secondMoments: lists[3], step: 1, learningRate: 1e-3,
          betas: (0.9, 0.99), weightDecay: 0, epsilon: 1e-6)
      }
    }
  }

  @Test("Numbers on the CPU, copies and moves are allowed, and what is on one device is computed there")
  func allowed() throws {
    try withTorchErrors {
      #expect((Self.meta(2, 3) * Tensor([Float(2)], shape: [])).device == .meta)
      #expect(Self.meta(2).copyInPlace(Self.cpu(2)).device == .meta)
      #expect(Self.cpu(2).to(.meta).device == .meta)
      #expect(Self.meta(2, 3).linear(Self.meta(4, 3), Self.meta(4)).shape == [2, 4])
      #expect(concatenated([Self.meta(2), Self.meta(1)], along: 0).shape == [3])
      stepAdamW(
        [Self.meta(3)], gradients: [Self.meta(3)], firstMoments: [Self.meta(3)], secondMoments: [Self.meta(3)], step: 1,
        learningRate: 1e-3, betas: (0.9, 0.99), weightDecay: 0, epsilon: 1e-6)
    }
  }

  @Test("The first failure explains the rest: what a refused operator gives back is no second device")
  func undefined() throws {
    try expectRefusal("mm") { _ = Self.meta(2, 3).mm(Self.cpu(3, 4)).linear(Self.cpu(2, 4)) }
  }

  @Test("Whoever watches is told each operator before it runs, and only of its own task's")
  func watching() async throws {
    let names = Names()
    try Op.$observer.withValue(names.add) {
      try withTorchErrors { _ = (Self.cpu(2) + 1).sum() }
    }
    try withTorchErrors { _ = Self.cpu(2).sum() }
    #expect(names.all == ["aten::zeros", "aten::add.Scalar", "aten::sum"])
  }

  private final class Names: @unchecked Sendable {
    private(set) var all: [String] = []
    @Sendable func add(_ name: String) { all.append(name) }
  }
}
