# auth_jwt_key_file: JWK sets and keyval files, several at once. What makes a file bad stands in test/conf.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my %files = (
    'rsa.json'        => jwks('rsa'),
    'p256.json'       => jwks('p256'),
    'keyval.json'     => keyval(qw(rsa p256 p384 p521 ed25519 ed448)),
    'partly.json'     => jwks({ kty => 'XYZ', kid => 'x' }, jwk('p521', use => 'enc'), 'p256', jwk('rsa_weak')),
    'private.json'    => to_json({ keys => [private_jwk('p256')] }),
    'operations.json' => jwks(jwk('rsa', key_ops => ['verify'], use => 'sig'), jwk('p256', key_ops => ['encrypt'])),
);
my $nginx = run_nginx(<<'CONF', \%files);
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        location /relative { auth_jwt_key_file rsa.json; %%OK%% }
        location /absolute { auth_jwt_key_file %%TESTDIR%%/rsa.json jwks; %%OK%% }
        location /several  { auth_jwt_key_file rsa.json; auth_jwt_key_file p256.json jwks; %%OK%% }
        location /keyval   { auth_jwt_key_file keyval.json keyval; %%OK%% }
        location /mixed    { auth_jwt_key_file rsa.json; auth_jwt_key_file keyval.json keyval; %%OK%% }
        location /partly   { auth_jwt_key_file partly.json; %%OK%% }
        location /private  { auth_jwt_key_file private.json; %%OK%% }
        location /ops      { auth_jwt_key_file operations.json; %%OK%% }
    }
CONF

sub accepts ($path, $key, $name) { return is $nginx->get($path, token => mint($key))->status, 200, $name }

accepts('/relative', 'rsa', 'a relative name starts from the folder of nginx.conf');
accepts('/absolute', 'rsa', 'jwks is the default format, and may be said');
accepts('/several', $_, "several files can be given: $_") for qw(rsa p256);
accepts('/keyval', $_, "a keyval file holds a public key by kid: $_") for qw(rsa p256 p384 p521 ed25519 ed448);
accepts('/mixed', $_, "both formats can stand side by side: $_") for qw(rsa p521);
accepts('/partly', 'p256', 'keys that cannot be used are left out');
accepts('/private', 'p256', 'a private key works (nginx -t warns)');
accepts('/ops', 'rsa', 'key_ops with verify is fine');

$nginx->passes_after('/relative', token => mint('rsa'));
$nginx->refuses("a key of no file is refused at $_", path => $_, token => mint('p256_other'), reason => qr/key_not_found/)
    for qw(/relative /several /keyval /mixed);
$nginx->refuses('SPEC 72: an RSA key below 2048 bits verifies nothing', path => '/partly', token => mint('rsa_weak'), reason => qr/key_not_found/);
$nginx->refuses('a key for encryption verifies nothing', path => '/partly', token => mint('p521'), reason => qr/key_not_found/);
$nginx->refuses('key_ops without verify verifies nothing', path => '/ops', token => mint('p256'), reason => qr/key_not_found/);
$nginx->refuses('the kid of a keyval file is the name of the key', path => '/keyval', reason => qr/key_not_found/,
    token => mint('p256', claims(), header => { kid => 'p521' }));

finish();
