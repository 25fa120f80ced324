# auth_jwt_validate_exp off and auth_jwt_validate_sig off: each loosens one check and no other.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256'), 'subs.json' => '{"mallory":1}' });
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /on  { auth_jwt_validate_exp on; auth_jwt_validate_sig on; %%OK%% }
        location /exp { auth_jwt_validate_exp off; %%OK%% }
        location /sig { auth_jwt_validate_sig off; auth_jwt_require_claim iss eq https://as.example.com; auth_jwt_revocation_list_sub subs.json; %%OK%% }
    }
CONF
my $now     = time;
my $expired = claims(exp => $now - 100);
my $forged  = mint('p256_other', claims(), header => { kid => 'p256' });
$nginx->passes_after('/on', token => mint('p256'));

is $nginx->get('/exp', token => mint('p256', $expired))->status, 200, 'validate_exp off: an expired token passes';
is $nginx->get('/exp', token => mint('p256', claims(exp => undef)))->status, 200, 'validate_exp off: a token without exp passes';
$nginx->refuses('validate_exp off: a forged token is refused', path => '/exp', token => $forged, reason => qr/signature_invalid/);
$nginx->refuses('validate_exp off: a token from the future is refused', path => '/exp', token => mint('p256', claims(nbf => $now + 100)),
    reason => qr/not_yet_valid/);

is $nginx->get('/sig', token => $_)->status, 200, 'validate_sig off: any signature passes' for mint('p256'), $forged, mint('ed448');
$nginx->refuses('validate_sig off: an expired token is refused', path => '/sig', token => mint('p256_other', $expired), reason => qr/\bexpired/);
$nginx->refuses('validate_sig off: a token without exp is refused', path => '/sig', token => mint('p256_other', claims(exp => undef)), reason => qr/expiration_missing/);
$nginx->refuses('validate_sig off: rules still hold', path => '/sig', token => mint('p256_other', claims(iss => 'x')), reason => qr/requirement_failed/);
$nginx->refuses('validate_sig off: revocation still holds', path => '/sig', token => mint('p256_other', claims(sub => 'mallory')), reason => qr/subject_revoked/);
$nginx->refuses('validate_sig off: what is no token is refused', path => '/sig', token => 'a.b.c', reason => qr/./);
$nginx->refuses('validate_sig off: no credentials get 401', path => '/sig', reason => qr/credentials_missing/);
$nginx->refuses('both on: as without the directives', path => '/on', token => $_, reason => qr/\bexpired|signature_invalid/)
    for mint('p256', $expired), $forged;

finish();
