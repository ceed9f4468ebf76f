import LoRWeBTorch

/// Queries, keys and values of one stream of tokens, normalised per head.
struct AttentionInputs {
  private let toQ, toK, toV: Linear
  private let normQ, normK: RMSNorm
  private let heads: Int

  /// - Parameter names: of the three linears and two norms below the scope.
  init(_ scope: Scope, names: Names, config: FluxConfig) throws {
    heads = config.heads
    toQ = try Linear(scope[names.q], in: config.width, out: config.width)
    toK = try Linear(scope[names.k], in: config.width, out: config.width)
    toV = try Linear(scope[names.v], in: config.width, out: config.width)
    normQ = try RMSNorm(scope[names.normQ], size: config.headWidth, epsilon: 1e-6)
    normK = try RMSNorm(scope[names.normK], size: config.headWidth, epsilon: 1e-6)
  }

  struct Names {
    let q, k, v, normQ, normK: String
    static let image = Names(q: "to_q", k: "to_k", v: "to_v", normQ: "norm_q", normK: "norm_k")
    static let text = Names(q: "add_q_proj", k: "add_k_proj", v: "add_v_proj", normQ: "norm_added_q", normK: "norm_added_k")
  }

  /// [B, L, D] to [B, L, heads, head width].
  func queries(_ x: Tensor) -> Tensor { normQ(split(toQ(x))) }

  /// [B, L, D] to two of [B, L, heads, head width].
  func keysAndValues(_ x: Tensor) -> KeysAndValues { KeysAndValues(keys: normK(split(toK(x))), values: split(toV(x))) }

  private func split(_ x: Tensor) -> Tensor { x.reshaped([x.size(0), x.size(1), heads, -1]) }
}

/// Attention of a block's tokens, or of the wanted ones behind which nothing follows, to all tokens, those whose keys and values
/// were kept included: [B, L, heads, head width] to [B, L, D].
func attend(_ queries: Tensor, _ own: KeysAndValues, in block: String, _ context: BlockContext) -> Tensor {
  func headsFirst(_ x: Tensor) -> Tensor { x.transposed(1, 2) }
  let turned = (context.wanted(behind: block)?.rotary ?? context.rotary).rotate(queries)
  let own = KeysAndValues(keys: context.rotary.rotate(own.keys), values: own.values)
  let all = context.kept?.complete(own, in: block) ?? own
  let attended = headsFirst(turned).attention(headsFirst(all.keys), headsFirst(all.values)).transposed(1, 2).flattened(from: 2)
  return context.branch?(block, turned).map { attended + $0 } ?? attended
}
