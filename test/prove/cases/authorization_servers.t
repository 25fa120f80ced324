# What authorization servers really send: each document of test/cases/authorization-servers goes through nginx, by the native
# module and by the drop-in ones, and has the outcome that stands beside it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Cases;

my $folder = $ENV{TEST_CASES} // "$FindBin::Bin/../../cases/authorization-servers";

sub nginx_for ($origin, @cases) {
    my $port = $origin->port;
    my $locations = join '', map { location_of($_, $port) } @cases;
    return run_nginx(<<"CONF", { secret => 'secret-of-the-gateway' });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    server {
        listen 127.0.0.1:%%PORT%%;
        $locations
        location /_origin/ { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
    server {
        listen 127.0.0.1:%%PORT_BACKEND%%;
        location / { return 200 "iss=\$http_x_issuer sub=\$http_x_subject client_id=\$http_x_client"; }
    }
CONF
}

# What nginx tells the backend; a drop-in module is asked for no more than it has a variable for.
sub accepted ($case, $response) {
    my %wanted = %{ $case->{accepted} };
    my %told   = $response->body =~ /\b(iss|sub|client_id)=(\S*)/g;
    $wanted{iss} //= $case->{issuer};
    is $response->status, 200, 'accepted';
    is_deeply \%told, { map { $_ => $wanted{$_} // '' } keys %told }, 'the backend is told who it is' if $case->{way} eq 'native';
    is $told{sub}, $wanted{sub} // '', 'the backend is told the subject' if $case->{way} ne 'native' && exists $told{sub};
    return if $case->{way} ne 'native';
    my %variables = ($response->header('X-Variables') // '') =~ /\b(iss|sub|client_id)=(\S*)/g;
    my %known = (%told, iss => $told{iss} || $case->{issuer}, sub => $told{sub} || $wanted{username} || '');
    return is_deeply \%variables, \%known, 'and so are the variables: also by a username, and with the issuer of the configuration';
}

sub refused ($case, $response, @log) {
    my %wanted = (%{ $case->{refused} }, %{ $case->{refused}{ $case->{way} } // {} });
    is $response->status, $wanted{status}, "refused with $wanted{status}";
    my $reason = $wanted{reason};
    ok scalar(grep { /: \Q$reason\E:/ } @log), "the log says $reason" or diag explain \@log if defined $reason && $case->{way} eq 'native';
    ok scalar(grep { /$wanted{log}/ } @log), "the log matches /$wanted{log}/" or diag explain \@log if defined $wanted{log};
    return;
}

sub try_case ($nginx, $case) {
    my $mark     = $nginx->log_mark;
    my $response = $nginx->get($case->{path}, token => $case->{token});
    my @log      = $nginx->log_lines($mark);
    $case->{accepted} ? accepted($case, $response) : refused($case, $response, @log);
    diag $case->{shows} // '', explain \@log if !Test::More->builder->is_passing && $case->{accepted} && $response->status != 200;
    return;
}

for my $server (servers_of($folder)) {
    my @cases  = cases_of($server);
    my $origin = run_origin();
    hand_out($_, $origin) for @cases;
    my $nginx = nginx_for($origin, @cases);
    for my $case (@cases) {
        subtest $case->{name} => sub { try_case($nginx, $case) };
    }
    $nginx->stop;
}
finish;
