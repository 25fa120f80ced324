# The text of a private key stays nowhere in a worker's memory once the key is made of it: not in the configuration, and not in
# what was freed. OpenSSL has the key itself, in a form of its own.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

plan skip_all => "a sanitizer's memory is not what users run" if $ENV{TEST_NGINX_PRELOAD} || $ENV{TEST_NGINX_VALGRIND};

my $as   = run_origin();
my $asks = 'mcp_introspection http://127.0.0.1:' . $as->port . '/introspect client_id=gateway client_authentication=private_key_jwt';
my ($ec, $rsa, $pem) = (private_jwk('p256'), private_jwk('rsa'), private_pem('p256'));
my $nginx = run_nginx(<<"CONF", { 'ec.jwk' => to_json($ec), 'rsa.jwk' => to_json($rsa), 'ec.pem' => $pem });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_authentication private_key_jwt audience=https://as.example.com;
    auth_oauth2_token_client_key_file ec.pem;
    server {
        listen 127.0.0.1:%%PORT%%;
        mcp_authorization_server https://as.example.com;
        location /plain { %%OK%% }
        location /ec  { mcp_resource $resource; $asks client_key_file=ec.jwk; %%OK%% }
        location /rsa { mcp_resource https://mcp.example.com/rsa; mcp_audience $resource; $asks client_key_file=rsa.jwk; %%OK%% }
    }
CONF
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }));

sub memory_of ($pid) {
    no warnings 'portable';    # 64 bits
    open my $maps, '<', "/proc/$pid/maps" or die "maps: $!";
    open my $memory, '<:raw', "/proc/$pid/mem" or die "mem: $!";
    my @parts;
    while (<$maps>) {
        my ($from, $to) = map { hex } /\A([0-9a-f]+)-([0-9a-f]+) rw/ or next;
        next if $to - $from > 1 << 28;    # the shadow of a sanitizer
        sysseek $memory, $from, 0;
        push @parts, '';
        sysread $memory, $parts[-1], $to - $from;
    }
    return @parts;
}

my %texts = ('d of the EC key' => $ec->{d}, 'd of the RSA key' => $rsa->{d}, 'p of the RSA key' => $rsa->{p}, 'a line of the PEM file' => (split /\n/, $pem)[1]);
sub holds_none ($when) {
    is $nginx->get($_, token => "opaque-$when")->status, 200, "$when: $_ asks" for qw(/ec /rsa);
    my @parts = memory_of($nginx->worker_pid);
    ok scalar(grep { index($_, 'gateway') >= 0 } @parts), "$when: the memory can be read";
    for my $name (sort keys %texts) {
        is scalar(grep { index($_, $texts{$name}) >= 0 } @parts), 0, "$when: $name is nowhere";
    }
    return;
}
holds_none('started');
$nginx->reload;
holds_none('reloaded');

finish();
