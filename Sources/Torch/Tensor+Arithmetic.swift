extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor { Op.add(.tensor(a), .tensor(b)) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { Op.sub(.tensor(a), .tensor(b)) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { Op.mul(.tensor(a), .tensor(b)) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { Op.div(.tensor(a), .tensor(b)) }
  public static func + (a: Tensor, b: Double) -> Tensor { Op.addScalar(.tensor(a), .double(b)) }
  public static func - (a: Tensor, b: Double) -> Tensor { Op.subScalar(.tensor(a), .double(b)) }
  public static func * (a: Tensor, b: Double) -> Tensor { Op.mulScalar(.tensor(a), .double(b)) }
  public static func / (a: Tensor, b: Double) -> Tensor { Op.divScalar(.tensor(a), .double(b)) }
  public static func + (a: Double, b: Tensor) -> Tensor { b + a }
  public static func - (a: Double, b: Tensor) -> Tensor { Op.rsub(.tensor(b), .double(a)) }
  public static func * (a: Double, b: Tensor) -> Tensor { b * a }
  public static prefix func - (a: Tensor) -> Tensor { Op.neg(.tensor(a)) }

  /// self + factor · a · b.
  public func addingProduct(_ a: Tensor, _ b: Tensor, times factor: Double = 1) -> Tensor {
    Op.addcmul(.tensor(self), .tensor(a), .tensor(b), .double(factor))
  }

  public func power(_ exponent: Double) -> Tensor { Op.pow(.tensor(self), .double(exponent)) }
  /// base to the power of each element.
  public func exponent(ofBase base: Double) -> Tensor { Op.powScalar(.double(base), .tensor(self)) }
  public func squareRoot() -> Tensor { Op.sqrt(.tensor(self)) }
  public func reciprocalSquareRoot() -> Tensor { Op.rsqrt(.tensor(self)) }
  public func reciprocal() -> Tensor { Op.reciprocal(.tensor(self)) }
  public func exp() -> Tensor { Op.exp(.tensor(self)) }
  public func log() -> Tensor { Op.log(.tensor(self)) }
  public func sin() -> Tensor { Op.sin(.tensor(self)) }
  public func cos() -> Tensor { Op.cos(.tensor(self)) }
  public func tanh() -> Tensor { Op.tanh(.tensor(self)) }
  public func sigmoid() -> Tensor { Op.sigmoid(.tensor(self)) }
  public func magnitude() -> Tensor { Op.abs([.tensor(self)], metaShape: shape, of: self) }
  /// Halves to even.
  public func rounded() -> Tensor { Op.round(.tensor(self)) }
  public func floor() -> Tensor { Op.floor(.tensor(self)) }
  public func clamped(_ low: Double?, _ high: Double?) -> Tensor { Op.clamp(.tensor(self), .optional(low), .optional(high)) }
  public func maximum(_ other: Tensor) -> Tensor { Op.maximum(.tensor(self), .tensor(other)) }

  @discardableResult
  public func addInPlace(_ other: Tensor, times factor: Double = 1) -> Tensor {
    Op.addInPlace(.tensor(self), .tensor(other), .double(factor))
  }
  @discardableResult
  public func multiplyInPlace(_ other: Tensor) -> Tensor { Op.mulInPlace(.tensor(self), .tensor(other)) }
  @discardableResult
  public func multiplyInPlace(_ factor: Double) -> Tensor { Op.mulScalarInPlace(.tensor(self), .double(factor)) }
}

extension Tensor {
  public func isEqual(to other: Tensor) -> Tensor { Op.equal(.tensor(self), .tensor(other)) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { Op.less(.tensor(a), .tensor(b)) }
  public static func .< (a: Tensor, b: Double) -> Tensor { Op.lessScalar(.tensor(a), .double(b)) }
  public static func .> (a: Tensor, b: Double) -> Tensor { Op.greaterScalar(.tensor(a), .double(b)) }
  /// Elements of `yes` where this mask is true, else of `no`.
  public func select(_ yes: Tensor, else no: Tensor) -> Tensor {
    Op.where([.tensor(self), .tensor(yes), .tensor(no)], metaShape: yes.shape, of: yes)
  }
  public func isFinite() -> Tensor { Op.isFinite(.tensor(self)) }
  /// True if no element is zero or false.
  public func all() -> Bool { Op.all(.tensor(self)).item() == 1 }
}
