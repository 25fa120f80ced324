# Fifty reloads under load: no request fails, the cache of a named issuer survives, the master does not grow.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / {
            auth_oauth2_token_introspect on;
            auth_oauth2_token_introspect_endpoint /_introspect;
            auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h issuer=http://127.0.0.1:$as_port;
            %%OK%%
        }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF
my $reloads = $TestNginx::patience > 1 ? 5 : 50;
my @tokens  = map { "cached-token-$_" } 1 .. 50;
is $nginx->get('/ok', token => $_)->status, 200, "$_ is asked about" for @tokens;


pipe my $results, my $writer or die "pipe: $!";
my $loader = fork // die "fork: $!";
if (!$loader) {
    my %count;
    until (-e $nginx->dir . '/stop') {    # a signal would interrupt a request
        $count{ eval { $nginx->get('/ok', token => $tokens[rand @tokens])->status } // "lost: $@" }++;
    }
    syswrite $writer, to_json(\%count);
    POSIX::_exit(0);
}
close $writer;
$nginx->reload for 1 .. 3;
my $before = $nginx->kilobytes($nginx->{pid});
$nginx->reload for 1 .. $reloads;
my $after = $nginx->kilobytes($nginx->{pid});
$nginx->write_file('stop', '');
my $count = from_json(join '', <$results>);
waitpid $loader, 0;

is join(' ', keys %$count), '200', 'every request got its 200' or diag explain $count;
is scalar(() = $as->requests), 50, 'nobody was asked about again';
cmp_ok $after - $before, '<', 1000, "the master grew by less than 20 KB a reload" if $TestNginx::patience == 1;

# Another size is another zone.
my $conf = TestNginx::Report::slurp($nginx->dir . '/nginx.conf');
$nginx->write_file('nginx.conf', $conf =~ s/zone=main:1m/zone=main:2m/r);
$nginx->reload;
is $nginx->get('/ok', token => $tokens[0])->status, 200, 'a zone of another size works';
is scalar(() = $as->requests), 51, 'and starts empty';

finish();
