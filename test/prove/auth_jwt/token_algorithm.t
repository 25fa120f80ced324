# The algorithm belongs to the key; the token cannot choose it (RFC 8725 sections 3.1 and 3.2). SPEC 70
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my %files = (
    'public.json' => jwks(qw(rsa p256 p384 p521 ed25519 ed448)),
    'hmac.json'   => jwks('hmac'),
    'bound.json'  => jwks(jwk('rsa', alg => 'RS256'), jwk('hmac', alg => 'HS256')),
    'mixed.json'  => jwks('rsa', 'hmac'),
);
# Beside a secret: what may be a public key, and is left out.
my %odd = (1 => '{"kty":"RSA"}', 2 => to_json(jwk('rsa')) =~ s/\}\z/,"iat":1e400}/r, 3 => to_json(jwk('rsa', use => 'enc')), 4 => '{"kty":"AKP"}', 5 => 'null', 6 => '{}');
$files{"odd$_.json"} = '{"keys":[' . to_json(jwk('hmac')) . ",$odd{$_}]}" for keys %odd;
my $odd_locations = join '', map { "location /odd$_ { auth_jwt_key_file odd$_.json; %%OK%% }\n" } sort keys %odd;
my $nginx = run_nginx(<<"CONF", \%files);
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        location /     { auth_jwt_key_file public.json; }
        location /hmac { auth_jwt_key_file hmac.json;  %%OK%% }
        location /rsa  { auth_jwt_key_file bound.json; %%OK%% }
        location /both { auth_jwt_key_file mixed.json; %%OK%% }
        $odd_locations
        location /allowed { auth_jwt_key_file mixed.json; auth_jwt_allow_hmac_with_public_keys on; %%OK%% }
    }
CONF

my %algorithms = (
    rsa  => [qw(RS256 RS384 RS512 PS256 PS384 PS512)],
    hmac => [qw(HS256 HS384 HS512)],
    map { $_->[0] => [$_->[1]] } [p256 => 'ES256'], [p384 => 'ES384'], [p521 => 'ES512'], [ed25519 => 'EdDSA'], [ed448 => 'EdDSA'],
);
for my $key (sort keys %algorithms) {
    for my $alg (@{ $algorithms{$key} }) {
        my $path = $key eq 'hmac' ? '/hmac' : '/ok';
        is $nginx->get($path, token => mint($key, claims(), alg => $alg))->status, 200, "$alg with a key of type $key passes";
    }
}

$nginx->passes_after('/ok', token => mint('p256'));
my ($unsupported, $bad_header) = (qr/algorithm_unsupported/, qr/header_invalid|algorithm_unsupported/);
my $payload = b64url(to_json(claims()));
for my $alg (qw(none None NONE nOnE es256 ES256K XX256 A128KW HS1), '', ' none', "none\0") {
    my $name = $alg =~ s/\0/\\0/r;
    my $head = b64url(to_json({ alg => $alg, kid => 'p256' }));
    my $reason = $alg eq '' ? $bad_header : $unsupported;
    $nginx->refuses("alg '$name' is refused", token => "$head.$payload." . b64url('x' x 64), reason => $reason);
    $nginx->refuses("alg '$name' without a signature is refused", token => "$head.$payload.", reason => qr/./);
}
for my $member ('"alg":256', '"alg":["ES256"]', '"alg":null', '"alg":{"ES256":1}', '"Alg":"ES256"') {
    $nginx->refuses("a header with $member is refused", token => mint('p256', claims(), header => qq({"kid":"p256",$member})), reason => $bad_header);
}

# RFC 8725 section 2.1: a public key must not serve as an HMAC secret, however it is written.
my $key_mismatch = qr/key_not_found|algorithm_not_allowed/;
my $modulus = b64url_decode(jwk('rsa')->{n});
for ([PEM => public_pem('rsa')], ['PEM without its last newline' => public_pem('rsa') =~ s/\n\z//r], [modulus => $modulus], [nothing => '']) {
    my ($form, $secret) = @$_;
    for my $path (qw(/ok /both /allowed)) {
        $nginx->refuses("an HMAC by the public key ($form) is refused at $path", path => $path,
            token => mint(\$secret, claims(), header => { kid => 'rsa' }), reason => $key_mismatch);
    }
}

$nginx->refuses('another algorithm than the key says is refused', path => '/rsa', reason => $key_mismatch, token => $_)
    for mint('rsa', claims(), alg => 'RS384'), mint('rsa', claims(), alg => 'PS256');
$nginx->refuses('another curve than the algorithm says is refused', reason => $key_mismatch,
    token => assemble('p256', 'ES256', to_json({ alg => 'ES384', kid => 'p256' }), to_json(claims())));
$nginx->refuses('RS256 for an EC key is refused', reason => $key_mismatch,
    token => mint('p256', claims(), header => { alg => 'RS256' }, alg => 'ES256'));
$nginx->refuses('SPEC 73: an HMAC key beside public keys does not verify', path => '/both', reason => qr/key_not_found|not_allowed/,
    token => mint('hmac'));
is $nginx->get('/both', token => mint('rsa'))->status, 200, 'but the public keys beside it do';
$nginx->refuses("nor does one beside public keys that are left out (/odd$_)", path => "/odd$_", reason => qr/key_not_found/, token => mint('hmac'))
    for keys %odd;
is $nginx->get('/allowed', token => mint($_))->status, 200, "auth_jwt_allow_hmac_with_public_keys lets both verify: $_" for qw(rsa hmac);

finish();
