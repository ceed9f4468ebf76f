import LoRWeBTorch
import Testing

@Suite("Arithmetic")
struct ArithmeticTests {
  private let a = doubles([1, -2, 4])
  private let b = doubles([2, 4, -8])

  @Test("Tensors and numbers add, subtract, multiply, divide")
  func operators() throws {
    try withTorchErrors {
      expect(a + b, [3, 2, -4])
      expect(a - b, [-1, -6, 12])
      expect(a * b, [2, -8, -32])
      expect(a / b, [0.5, -0.5, -0.5])
      expect(a + 0.5, [1.5, -1.5, 4.5])
      expect(a - 0.5, [0.5, -2.5, 3.5])
      expect(a * 3, [3, -6, 12])
      expect(a / 2, [0.5, -1, 2])
      expect(0.5 + a, [1.5, -1.5, 4.5])
      expect(0.5 - a, [-0.5, 2.5, -3.5])
      expect(3 * a, [3, -6, 12])
      expect(-a, [-1, 2, -4])
      expect(a.addingProduct(b, b, times: 2), [9, 30, 132])
    }
  }

  @Test("Functions of each element")
  func functions() throws {
    try withTorchErrors {
      let x = doubles([0.25, 1, 4])
      expect(x.power(2), [0.0625, 1, 16])
      expect(doubles([0, 1, 3]).exponent(ofBase: 2), [1, 2, 8])
      expect(x.squareRoot(), [0.5, 1, 2])
      expect(x.reciprocalSquareRoot(), [2, 1, 0.5])
      expect(x.reciprocal(), [4, 1, 0.25])
      expect(doubles([0, 1]).exp(), [1, 2.718281828459045])
      expect(doubles([1, 2]).log(), [0, 0.6931471805599453])
      expect(doubles([0, 1]).sin(), [0, 0.8414709848078965])
      expect(doubles([0, 1]).cos(), [1, 0.5403023058681398])
      expect(doubles([0, 1]).tanh(), [0, 0.7615941559557649])
      expect(doubles([0, 1]).sigmoid(), [0.5, 0.7310585786300049])
      expect(a.magnitude(), [1, 2, 4])
      expect(doubles([0.5, 1.5, -0.6]).rounded(), [0, 2, -1])
      expect(doubles([0.5, -0.5]).floor(), [0, -1])
      expect(a.clamped(-1, 2), [1, -1, 2])
      expect(a.clamped(nil, 0), [0, -2, 0])
    }
  }

  @Test("In-place operators change the tensor itself and give it back")
  func inPlace() throws {
    try withTorchErrors {
      let x = doubles([1, 2])
      let same = x.addInPlace(doubles([1, 1]), times: 2)
      #expect(same.sharesStorage(with: x))
      expect(x, [3, 4])
      expect(x.multiplyInPlace(doubles([2, 3])), [6, 12])
      expect(x.multiplyInPlace(0.5), [3, 6])
      expect(x, [3, 6])
    }
  }

  @Test("Comparisons give masks, masks choose")
  func comparing() throws {
    try withTorchErrors {
      let c = doubles([1, 4, -9])
      #expect(a.isEqual(to: c).array() == [true, false, false])
      #expect((a .< b).array() == [true, true, false])
      #expect((a .< 1).array() == [false, true, false])
      #expect((a .> 1).array() == [false, false, true])
      expect((a .> 1).select(a, else: b), [2, 4, 4])
      #expect(doubles([1, .nan, .infinity]).isFinite().array() == [true, false, false])
      #expect((a .> -3).all() && !(a .> 1).all())
    }
  }
}
