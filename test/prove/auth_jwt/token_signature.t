# A signature is checked with a key of ours, and nothing in the token can change that.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Crypt::PK::ECC;

my %files = ('jwks.json' => jwks(qw(p256 p521 rsa ed25519)), 'without_kid.json' => jwks(map { jwk($_, kid => undef) } qw(rsa p256)));
my $nginx = run_nginx(<<'CONF', \%files);
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { auth_jwt_key_file jwks.json; }
        location /without_kid { auth_jwt_key_file without_kid.json; %%OK%% }
    }
CONF
my $token = mint('p256');
my ($input, $signature) = $token =~ /\A(.*)\.(.*)\z/;
$nginx->passes_after('/ok', token => $token);

sub refused ($name, $reason, $bad) { return $nginx->refuses($name, token => $bad, reason => $reason) }

refused('a signature by a key that is not ours is refused', qr/key_not_found/, mint('p256_other'));
refused('a foreign key under the name of ours is refused', qr/signature_invalid/, mint('p256_other', claims(), header => { kid => 'p256' }));
refused('a foreign key without a name is refused', qr/signature_invalid/, mint('p256_other', claims(), header => { kid => undef }));
refused('the name of another key of ours is refused', qr/key_not_found/, mint('p256', claims(), header => { kid => 'rsa' }));
refused('a kid that is not a string is refused', qr/header_invalid/, mint('p256', claims(), header => { kid => 1 }));
refused('an empty kid names no key', qr/key_not_found/, mint('p256', claims(), header => { kid => '' }));
is $nginx->get('/ok', token => mint($_, claims(), header => { kid => undef }))->status, 200, "a token without kid passes ($_)"
    for qw(p256 rsa ed25519);
is $nginx->get('/without_kid', token => mint($_))->status, 200, "a key without kid verifies a token with one ($_)" for qw(p256 rsa);

# RFC 7518 section 3.4: r and s, each of the curve's length; no DER.
my $der = Crypt::PK::ECC->new(TestNginx::Jose::private_file('p256'))->sign_message($input, 'SHA256');
my $malformed = qr/signature_malformed/;
refused('an ECDSA signature in DER is refused', $malformed, "$input." . b64url($der));
my $raw = b64url_decode($signature);
for my $size (1, 32, 63, 65, 96, 128, 132) {
    refused("an ES256 signature of $size bytes is refused", $malformed, "$input." . b64url(substr $raw . "\0" x 80, 0, $size));
}
refused('an ECDSA signature of zeros is refused', qr/signature_/, "$input." . b64url("\0" x 64));
refused('an ECDSA signature of ones is refused', qr/signature_/, "$input." . b64url("\xFF" x 64));
refused('a short RSA signature is refused', $malformed, mint('rsa') =~ s/\.[^.]*\z/'.' . b64url('x' x 128)/er);
refused('a short EdDSA signature is refused', $malformed, mint('ed25519') =~ s/\.[^.]*\z/'.' . b64url('x' x 32)/er);

subtest 'one flipped bit anywhere makes a token invalid' => sub {
    my $rsa = mint('rsa');
    for my $place (map { $_ * 7 } 0 .. length($rsa) / 7 - 1) {
        my $flipped = $rsa;
        substr($flipped, $place, 1) =~ tr{A-Za-z0-9_.\-}{B-ZAb-za1-90\-A_};
        is $nginx->get('/ok', token => $flipped)->status, 401, "character $place";
    }
};
subtest 'a token cut short is refused at every length' => sub {
    for my $length (map { $_ * 5 } 1 .. length($token) / 5) {
        next if $length == length $token;
        is $nginx->get('/ok', token => substr $token, 0, $length)->status, 401, "$length characters";
    }
};

# SPEC 76: no key comes from the token.
for my $member (qw(jwk jku x5u x5c)) {
    my $value = $member eq 'jwk' ? jwk('p256_other') : $member eq 'x5c' ? ['AAAA'] : 'http://127.0.0.1:1/keys';
    refused("a key from the token's $member is not used", qr/key_not_found|signature_invalid/,
        mint('p256_other', claims(), header => { $member => $value }));
}

# SPEC 78: crit (RFC 7515 section 4.1.11) names nothing that we understand.
my $critical = qr/critical_header_unsupported/;
for my $crit ('["x"]', '["exp"]', '["alg"]', '[]', '"b64"', 'null', 'false', '{}', '[null]', '""') {
    refused("crit $crit is refused", qr/$critical|header_invalid/,
        mint('p256', claims(), header => qq({"alg":"ES256","kid":"p256","x":1,"exp":1,"crit":$crit})));
}
refused('b64 false is refused', $critical, mint('p256', claims(), header => { crit => ['b64'], b64 => JSON::PP::false() }));
refused('b64 true is refused when critical', $critical, mint('p256', claims(), header => { crit => ['b64'], b64 => JSON::PP::true() }));
refused('b64 false without crit is refused', qr/./, mint('p256', claims(), header => { b64 => JSON::PP::false() }));

# SPEC 77: other kinds of JWT are not access tokens.
refused("a token of type $_ is refused", qr/type_not_accepted/, mint('p256', claims(), header => { typ => $_ }))
    for qw(dpop+jwt application/dpop+jwt DPoP+JWT logout+jwt secevent+jwt oauth-id-jag+jwt token-introspection+jwt);
refused('a typ that is not a string is refused', qr/header_invalid/, mint('p256', claims(), header => { typ => 1 }));
is $nginx->get('/ok', token => mint('p256', claims(), header => { typ => $_ }))->status, 200, 'a token of type ' . ($_ // 'none') . ' passes'
    for 'JWT', 'jwt', 'at+jwt', 'application/at+jwt', undef;

finish();
