package TestNginx::Jose;

# Keys, tokens and key sets for the tests, good and hostile. Keys are made once and kept in build/test-keys.

use v5.36;
use parent 'Exporter';

use Crypt::PK::ECC;
use Crypt::PK::Ed25519;
use Crypt::PK::RSA;
use Cwd            qw(abs_path);
use Digest::SHA    qw(hmac_sha256 hmac_sha384 hmac_sha512);
use Fcntl          qw(:flock);
use File::Basename qw(dirname);
use File::Path     qw(make_path);
use File::Temp     qw(tempfile);
use JSON::PP       ();
use MIME::Base64   qw(encode_base64url decode_base64url);

our @EXPORT = qw(mint claims assemble sign jwk private_jwk jwks keyval public_pem private_pem secret_bytes to_json from_json b64url b64url_decode);

my $repository = abs_path(dirname(__FILE__) . '/../../../..');
my $json       = JSON::PP->new->canonical->utf8->allow_nonref;

# name => [the algorithm it signs with unless told otherwise, arguments of `openssl genpkey`]
my %kinds = (
    rsa         => ['RS256', qw(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)],
    rsa_other   => ['RS256', qw(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)],
    rsa_weak    => ['RS256', qw(-algorithm RSA -pkeyopt rsa_keygen_bits:1024)],
    p256        => ['ES256', qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)],
    p256_other  => ['ES256', qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)],
    p384        => ['ES384', qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-384)],
    p521        => ['ES512', qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-521)],
    ed25519     => ['EdDSA', qw(-algorithm ED25519)],
    ed448       => ['EdDSA', qw(-algorithm ED448)],
    hmac        => ['HS256'],
    hmac_other  => ['HS256'],
);

sub to_json ($value)       { return $json->encode($value) }
sub from_json ($text)      { return $json->decode($text) }
sub b64url ($bytes)        { return encode_base64url($bytes) }
sub b64url_decode ($text)  { return decode_base64url($text) }

# The claims of a token that is fine, and what a test changes in them; undef removes a claim.
sub claims (%changes) {
    my %claims = (iss => 'https://as.example.com', sub => 'alice', exp => time + 3600, %changes);
    delete @claims{ grep { !defined $claims{$_} } keys %claims };
    return \%claims;
}

# mint($key_name, $claims, alg => ..., header => {...}): $claims and header may be strings, which are taken as they are.
# A reference to bytes in place of the key's name is an HMAC secret.
sub mint ($key, $claims = claims(), %options) {
    my $alg = $options{alg} // (ref $key ? 'HS256' : $kinds{$key}[0]);
    my $header = $options{header} // {};
    if (ref $header) {
        my %header = (alg => $alg, typ => 'JWT', kid => ref $key ? undef : $key, %$header);
        delete @header{ grep { !defined $header{$_} } keys %header };
        $header = to_json(\%header);
    }
    return assemble($key, $alg, $header, ref $claims ? to_json($claims) : $claims);
}

sub assemble ($key, $alg, $header_bytes, $payload_bytes) {
    my $input = b64url($header_bytes) . '.' . b64url($payload_bytes);
    return $input . '.' . b64url(sign($key, $alg, $input));
}

sub sign ($key, $alg, $input) {
    my ($family, $bits) = $alg =~ /\A(HS|RS|PS|ES)(256|384|512)\z/ or return sign_eddsa($key, $input);
    return sign_hmac($bits, secret_bytes($key), $input) if $family eq 'HS';
    return Crypt::PK::ECC->new(private_file($key))->sign_message_rfc7518($input, "SHA$bits") if $family eq 'ES';
    my @padding = $family eq 'PS' ? ('pss', $bits / 8) : ('v1.5');
    return Crypt::PK::RSA->new(private_file($key))->sign_message($input, "SHA$bits", @padding);
}

sub sign_hmac ($bits, $secret, $input) {
    state $functions = { 256 => \&hmac_sha256, 384 => \&hmac_sha384, 512 => \&hmac_sha512 };
    return $functions->{$bits}->($input, $secret);
}

sub sign_eddsa ($key, $input) {
    return Crypt::PK::Ed25519->new(private_file($key))->sign_message($input) if $key eq 'ed25519';
    my ($in, $name) = tempfile(UNLINK => 1);    # CryptX has no Ed448
    print {$in} $input;
    close $in;
    return openssl(qw(pkeyutl -sign -rawin -inkey), private_file($key), '-in', $name);
}

# The public half as a JWK (an HMAC key: the secret); `members` are added to it.
sub jwk ($key, %members) {
    my %jwk = $key =~ /^hmac/ ? (kty => 'oct', k => b64url(secret_bytes($key))) : %{ public_jwk($key) };
    %jwk = (%jwk, kid => $key, %members);
    delete @jwk{ grep { !defined $jwk{$_} } keys %jwk };
    return \%jwk;
}

sub public_jwk ($key) {
    return Crypt::PK::RSA->new(private_file($key))->export_key_jwk('public', 1) if $key =~ /^rsa/;
    return Crypt::PK::ECC->new(private_file($key))->export_key_jwk('public', 1) if $key =~ /^p/;
    my ($curve, $size) = $key eq 'ed448' ? ('Ed448', 57) : ('Ed25519', 32);
    my $der = openssl(qw(pkey -pubout -outform DER -in), private_file($key));
    return { kty => 'OKP', crv => $curve, x => b64url(substr $der, -$size) };
}

sub private_jwk ($key) {
    my $class = $key =~ /^rsa/ ? 'Crypt::PK::RSA' : 'Crypt::PK::ECC';
    return { %{ $class->new(private_file($key))->export_key_jwk('private', 1) }, kid => $key };
}

# A JWK set as text: of key names and of hashes that are used as they are.
sub jwks (@keys) {
    return to_json({ keys => [map { ref ? $_ : jwk($_) } @keys] });
}

sub keyval (@keys) {
    return to_json({ map { $_ => public_pem($_) } @keys });
}

sub public_pem ($key)   { return openssl(qw(pkey -pubout -in), private_file($key)) }
sub private_pem ($key)  { return slurp(private_file($key)) }
sub secret_bytes ($key) { return ref $key ? $$key : slurp(private_file($key)) }

sub private_file ($key) {
    my $kind = $kinds{$key} or die "no key is called $key\n";
    my $file = key_directory() . "/$key";
    return $file if -s $file;
    open my $lock, '>', key_directory() . '/lock' or die "lock: $!\n";
    flock $lock, LOCK_EX or die "flock: $!\n";
    make_key($file, @$kind[1 .. $#$kind]) if !-s $file;
    return $file;
}

sub make_key ($file, @arguments) {
    my $key = @arguments ? openssl('genpkey', @arguments) : openssl('rand', 64);
    open my $out, '>:raw', "$file.new" or die "$file.new: $!\n";
    print {$out} $key;
    close $out or die "$file.new: $!\n";
    rename "$file.new", $file or die "$file: $!\n";
    return;
}

sub key_directory () {
    state $directory = do {
        my $wanted = "$repository/build/test-keys";
        make_path($wanted, { mode => 0700, error => \my $failed });
        -w $wanted ? $wanted : File::Temp->newdir;
    };
    return $directory;
}

sub openssl (@arguments) {
    open my $terminal, '>&', \*STDERR or die "dup: $!\n";
    open STDERR, '>', '/dev/null';    # genpkey draws progress
    open my $pipe, '-|:raw', 'openssl', @arguments or die "openssl: $!\n";
    open STDERR, '>&', $terminal;
    local $/;
    my $output = <$pipe>;
    close $pipe or die "openssl $arguments[0] failed\n";
    return $output;
}

sub slurp ($file) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

1;
