#include "oauth/jwt/edwards_point.h"

#include <string>

#include "oauth/base/openssl.h"

namespace oauth::jwt {
namespace {

using openssl::Bignum;
using BignumContext = std::unique_ptr<BN_CTX, openssl::Deleter<BN_CTX_free>>;

// a x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p (RFC 8032 section 5.1 and 5.2).
struct Parameters {
    std::size_t encoded_size;
    int a;
    const char* p;
    const char* d;
};

constexpr Parameters ed25519{32, -1, "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED",
                             "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3"};
constexpr Parameters ed448{57, 1,
                           "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE"
                           "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                           "-98A9"};  // -39081

Bignum from_hex(const char* hex) {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, hex);
    return Bignum(number);
}

// The y coordinate: little endian, with the sign of x in the highest bit.
Bignum decode_y(std::string_view encoded) {
    std::string bytes(encoded);
    bytes.back() = static_cast<char>(bytes.back() & 0x7F);
    return Bignum(
        BN_lebin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

// With x^2 = numerator / denominator, numerator = 1 - y^2 and denominator = a - d y^2: such an x exists when
// numerator * denominator is a square. Points of order 1 and 2 have numerator 0, those of order 4 have y = 0, and those
// of order 8 double to y = 0, which is y^2 = a x^2.
bool is_on_curve(const Parameters& curve, const BIGNUM* y, const BIGNUM* p, BN_CTX* context) {
    const Bignum a(BN_new()), y2(BN_new()), numerator(BN_new()), denominator(BN_new()), product(BN_new());
    const Bignum d = from_hex(curve.d);
    if (!a || !y2 || !numerator || !denominator || !product || !d) return false;
    if (BN_one(a.get()) != 1 || BN_mod_sqr(y2.get(), y, p, context) != 1) return false;
    if (BN_mod_sub(numerator.get(), a.get(), y2.get(), p, context) != 1) return false;
    BN_set_negative(a.get(), curve.a < 0 ? 1 : 0);
    if (BN_mod_mul(denominator.get(), d.get(), y2.get(), p, context) != 1 ||
        BN_mod_sub(denominator.get(), a.get(), denominator.get(), p, context) != 1 ||
        BN_mod_mul(product.get(), numerator.get(), denominator.get(), p, context) != 1 ||
        BN_kronecker(product.get(), p, context) != 1)
        return false;

    if (BN_mod_mul(denominator.get(), denominator.get(), y2.get(), p, context) != 1 ||
        BN_mod_mul(numerator.get(), numerator.get(), a.get(), p, context) != 1)
        return false;
    return BN_is_zero(y) == 0 && BN_cmp(denominator.get(), numerator.get()) != 0;
}

}  // namespace

bool is_usable_point(EdwardsCurve curve, std::string_view encoded) {
    const Parameters& parameters = curve == EdwardsCurve::ed25519 ? ed25519 : ed448;
    if (encoded.size() != parameters.encoded_size) return false;
    const Bignum p = from_hex(parameters.p);
    const Bignum y = decode_y(encoded);
    const BignumContext context(BN_CTX_new());
    if (!p || !y || !context || BN_cmp(y.get(), p.get()) >= 0) return false;
    return is_on_curve(parameters, y.get(), p.get(), context.get());
}

}  // namespace oauth::jwt
