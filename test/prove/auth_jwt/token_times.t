# exp is demanded and compared, nbf compared; what is not a number of seconds is refused (RFC 7519 section 4.1).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server { listen 127.0.0.1:%%PORT%%; }
CONF
my $now = time;
$nginx->passes_after('/ok', token => mint('p256'));

sub refused ($name, $reason, $payload) { return $nginx->refuses($name, token => mint('p256', $payload), reason => $reason) }
sub passes ($name, $payload) { return is $nginx->get('/ok', token => mint('p256', $payload))->status, 200, $name }

refused('SPEC 80: a token without exp is refused', qr/expiration_missing/, '{"sub":"a"}');
refused('SPEC 14: an expired token is refused', qr/\bexpired/, claims(exp => $now - 60));
refused('exp 0 is expired',               qr/\bexpired/, '{"exp":0}');
refused('exp 1.5 is expired',             qr/\bexpired/, '{"exp":1.5}');
refused('exp -0.0 is expired',            qr/\bexpired|time_claim_invalid/, '{"exp":-0.0}');
refused('a negative exp is refused',      qr/\bexpired|time_claim_invalid/, '{"exp":-1}');
refused('the smallest exp is refused',    qr/\bexpired|time_claim_invalid/, '{"exp":-9223372036854775808}');
refused('exp equal to now is expired',    qr/\bexpired/, claims(exp => $now));
refused('nbf in the future is refused',   qr/not_yet_valid/, claims(nbf => $now + 60));
refused('nbf far in the future is refused', qr/not_yet_valid|time_claim_invalid/, claims(nbf => 9223372036854775807));
for my $claim (qw(exp nbf iat)) {
    my %others = $claim eq 'exp' ? () : (exp => $now + 60);
    my %kinds = (
        'a string' => "$now", 'true' => JSON::PP::true(), 'a list' => [$now + 60], 'an object' => { at => $now },
        'an empty string' => '',
    );
    refused("$claim that is $_ is refused", qr/time_claim_invalid|expiration_missing/, to_json({ %others, $claim => $kinds{$_} }))
        for sort keys %kinds;
    refused("$claim of 1e400 is refused", qr/time_claim_invalid: .*\b$claim is 1e400, and must be a number/, qq({"exp":9999999999,"$claim":1e400}) =~ s/"exp":9999999999,(?="exp")//r);
    refused("$claim of 1e300 is refused", qr/time_claim_invalid|not_yet_valid/, qq({"exp":9999999999,"$claim":1e300}) =~ s/"exp":9999999999,(?="exp")//r);
}

refused('exp that is null is missing', qr/expiration_missing/, '{"exp":null}');
passes("$_ that is null is absent", qq({"exp":9999999999,"$_":null})) for qw(nbf iat);
passes('a number beyond 64 bits passes where nobody looks', '{"exp":9999999999,"n":18446744073709551616,"m":{"x":[1e400]}}');
passes('exp may have a fraction',        '{"exp":99999999999.5}');
passes('exp may be written as a real',   '{"exp":9.9e10}');
passes('nbf in the past passes',         claims(nbf => $now - 60));
passes('nbf may have a fraction',        sprintf '{"exp":99999999999,"nbf":%d.25}', $now - 60);
passes('iat in the future is no reason to refuse', claims(iat => $now + 3600));

# What a worker remembers of a token does not outlive it.
my $expiry = time + 4;
my $short  = mint('p256', claims(exp => $expiry));
is $nginx->get('/ok', token => $short)->status, 200, 'a token passes while it lasts';
is $nginx->get('/ok', token => $short)->status, 200, 'again';
ok wait_for(20, sub { $nginx->get('/ok', token => $short)->status == 401 }), 'and is refused once it has expired';
cmp_ok time, '>=', $expiry - 1, 'not earlier';    # two clocks may differ by a tick

finish();
