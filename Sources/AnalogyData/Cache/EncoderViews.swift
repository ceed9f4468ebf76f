import LoRWeBPictures

/// Which pictures of a canvas the router's encoder looks at; the cache keeps what it gave for each choice apart.
public struct EncoderViews {
  let kind: String
  let pictures: (TrainingCanvas) throws -> [Picture]

  /// a, a′ and b.
  public static var quarters: EncoderViews { EncoderViews(kind: "embeddings") { try $0.encoderPictures() } }

  /// Others.
  /// - Parameter name: tells them from all others.
  public init(named name: String, pictures: @escaping (TrainingCanvas) throws -> [Picture]) {
    self.init(kind: "embeddings of \(name)", pictures: pictures)
  }

  private init(kind: String, pictures: @escaping (TrainingCanvas) throws -> [Picture]) {
    (self.kind, self.pictures) = (kind, pictures)
  }
}
