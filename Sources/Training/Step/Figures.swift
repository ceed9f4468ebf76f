import LoRWeBTorch

extension Tensor {
  /// A scalar as exactly as its device can hold it: to be worked with there, and read only when someone wants to know.
  var figure: Tensor { to(device.kind == .mps ? .float32 : .float64) }

  /// |x| by operators that every device has, also torch's meta device, on which a step is computed to show what it reads back.
  var absolute: Tensor { maximum(-self) }
}
